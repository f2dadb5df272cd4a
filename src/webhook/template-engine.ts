import Handlebars from 'handlebars';
import { RenderFault } from './faults';
import { MEMBER, OUT, controlBlockCall, textBlockCall, valueCall } from './template-expressions';
import { HELPERS, type Block, type Helper } from './template-helpers';
import { OUTPUTS, type Mode } from './template-outputs';
import { memberOf } from './template-values';

const MAX_OUTPUT = 1_048_576;
const MAX_MS = 250;
/** Tags written, helpers called and blocks entered. */
const MAX_STEPS = 100_000;
/** Characters that tags and blocks gave, those of a block in a block counted at each level. */
const MAX_WORK = 8 * MAX_OUTPUT;

/** What the templates of one webhook may still use together while they are rendered for one delivery. */
export interface Run {
  readonly now: number;
  msLeft: number;
  stepsLeft: number;
  workLeft: number;
  /** When the template being rendered must have ended; set at its first step, once it is compiled. */
  deadline?: number;
}

/** `now` is in milliseconds since the epoch. */
export function startRun(now: number): Run {
  return { now, msLeft: MAX_MS, stepsLeft: MAX_STEPS, workLeft: MAX_WORK };
}

/** A rewritten tree as a function. Throws RenderFault when the run is used up or a value cannot stand in its place. */
export type Renderer = (scope: object, run: Run) => string;

/** In the data of a rendering, under a key that no template can name. */
const RUN = Symbol('run');

const environment = Handlebars.create();
for (const name of Object.keys(environment.helpers)) environment.unregisterHelper(name);
environment.registerHelper(OUT, (mode: Mode, value: unknown, options: Handlebars.HelperOptions) =>
  spend(runOf(options), OUTPUTS[mode](value)),
);
environment.registerHelper(MEMBER, (value: unknown, ...steps: unknown[]) =>
  steps.slice(0, -1).reduce((found, step) => memberOf(found, step as string), value),
);
for (const [name, helper] of Object.entries(HELPERS)) register(name, helper);

const OPTIONS = {
  knownHelpers: Object.fromEntries(Object.keys(environment.helpers).map((name) => [name, true])),
  knownHelpersOnly: true,
  noEscape: true,
  ignoreStandalone: true,
} as CompileOptions;

/** Compiles a tree that `buildTree` made, and nothing else: a tree becomes code as it is. */
export function compileTree(program: hbs.AST.Program): Renderer {
  const template = environment.compile<object>(program, OPTIONS);
  return (scope, run) => {
    const data = { root: scope, [RUN]: run };
    const limits = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };
    run.deadline = undefined;
    const text = template(scope, { data, ...limits });
    if (run.deadline !== undefined) run.msLeft = run.deadline - performance.now();
    if (text.length > MAX_OUTPUT) throw exhausted('gave more than 1 MiB of text');
    return text;
  };
}

function register(name: string, helper: Helper): void {
  const { value, block } = helper;
  if (value) {
    environment.registerHelper(valueCall(name), (...given: unknown[]) => callValue(value, given));
  }
  if (value && block === 'text') {
    environment.registerHelper(
      textBlockCall(name),
      function (this: unknown, mode: Mode, ...given: unknown[]) {
        const options = given.at(-1) as Handlebars.HelperOptions;
        const inside = spend(runOf(options), options.fn(this));
        return spend(runOf(options), OUTPUTS[mode](callValue(value, [inside, ...given])));
      },
    );
  } else if (typeof block === 'function') {
    environment.registerHelper(controlBlockCall(name), function (this: unknown, ...given: unknown[]) {
      const options = given.pop() as Handlebars.HelperOptions;
      return block(given, blockOf(this, options));
    });
  }
}

function callValue(value: NonNullable<Helper['value']>, given: unknown[]): unknown {
  const options = given.pop() as Handlebars.HelperOptions;
  const run = runOf(options);
  spend(run, '');
  return value(given, { named: options.hash, now: run.now });
}

function blockOf(context: unknown, options: Handlebars.HelperOptions): Block {
  const run = runOf(options);
  return {
    context,
    main(inside, locals, blockParams = []) {
      spend(run, '');
      const data = locals ? { ...options.data, ...locals, _parent: options.data } : options.data;
      return spend(run, options.fn(inside, { data, blockParams }));
    },
    otherwise: () => spend(run, options.inverse(context)),
  };
}

function runOf(options: Handlebars.HelperOptions): Run {
  return options.data[RUN] as Run;
}

/** Takes a step, and the length of its text, from what the run has left. */
function spend(run: Run, text: string): string {
  const now = performance.now();
  run.deadline ??= now + run.msLeft;
  if (now > run.deadline) throw exhausted(`took more than ${MAX_MS} ms`);
  if (--run.stepsLeft < 0) throw exhausted(`took more than ${MAX_STEPS} steps`);
  if ((run.workLeft -= text.length) < 0) throw exhausted('gave more than 1 MiB of text');
  return text;
}

function exhausted(what: string): RenderFault {
  return new RenderFault('render', `The templates of this webhook ${what}. Loop over fewer items.`);
}
