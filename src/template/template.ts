import { LRUCache } from 'lru-cache';
import { RenderFault, TemplateFault } from './faults';
import { checkJsonTree } from './json-body';
import { compileTree, type Renderer } from './compile';
import type { TemplateKind } from './escape-context';
import type { Run } from './run';
import { noLoad, type Load } from './scan';
import { buildTree } from './rewrite';
import { placeValues } from './url-places';
import { NOTHING } from './values';

export { RenderFault, TemplateFault, noLoad, type Load, type TemplateKind };

/** Compiled templates; each takes about ten times the memory of its text. */
const compiled = new LRUCache<string, Renderer>({
  max: 2_000,
  maxSize: 4_194_304,
  sizeCalculation: (_renderer, key) => key.length,
});

/**
 * Checks a template before it is saved. Throws a TemplateFault that says where the fault is and how to fix it, if the
 * template can never render in its place, or exceeds the limits together with others checked with the same `load`.
 */
export function checkTemplate(text: string, kind: TemplateKind, load = noLoad()): void {
  const tree = buildTree(text, kind, load);
  if (kind === 'json') checkJsonTree(tree);
}

/**
 * Renders one template. Undefined for a form value or a parameter that is exactly one tag and resolves to nothing (G2).
 * Throws a RenderFault whose message starts with `label`, the name of the field at fault.
 */
export function renderTemplate(
  text: string,
  kind: TemplateKind,
  label: string,
  scope: object,
  run: Run,
): string | undefined {
  try {
    const rendered = rendererOf(text, kind)(scope, run);
    return rendered === NOTHING ? undefined : rendered;
  } catch (error) {
    if (error instanceof RenderFault) {
      const { reason, message, timedOut } = error;
      throw new RenderFault(reason, `${label}: ${message}`, { cause: error, timedOut });
    }
    if (error instanceof TemplateFault) {
      throw new RenderFault('render', `${label}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function rendererOf(text: string, kind: TemplateKind): Renderer {
  const key = `${kind} ${text}`;
  const known = compiled.get(key);
  if (known) return known;
  const render = compileTree(buildTree(text, kind));
  const renderer: Renderer = kind === 'url' ? (scope, run) => placeValues(render(scope, run)) : render;
  compiled.set(key, renderer);
  return renderer;
}
