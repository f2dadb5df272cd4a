import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from '../../types/schema';
import { exactJson, isKept } from '../words/exact-json';

/** What the server answers when it refuses or fails: see docs/errors.md. */
export interface Envelope {
  msg: string;
  code: string;
  params: Record<string, unknown> | null;
}

/** An answer that is no success, or no answer at all. */
export class ApiFault extends Error {
  /** The path of each field at fault, and what is wrong with it. */
  readonly fields: Record<string, string>;

  constructor(
    /** 0 where no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly params: Record<string, unknown> | null,
  ) {
    super(message);
    this.name = 'ApiFault';
    const named = Object.entries(params ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    this.fields = status === 400 || status === 422 ? Object.fromEntries(named) : {};
  }
}

/** What is wrong with each field, if that is why a call was refused. */
export function fieldsOf(error: unknown): Record<string, string> {
  return error instanceof ApiFault ? error.fields : {};
}

/** Dispatched on `window` when a call is refused because the session has ended. */
export const SIGNED_OUT = 'wayhook:signed-out';

/** Dispatched when a call is refused because the person may not make it, or no longer. */
export const FORBIDDEN = 'wayhook:forbidden';

let csrfToken = '';

/** The token that each call which changes something carries: see `session.ts`. */
export function rememberCsrfToken(token: string): void {
  csrfToken = token;
}

/** Headers of a change that is not made by `api`. */
export function headersOfChange(): Record<string, string> {
  return { 'x-csrf-token': csrfToken };
}

/** No answer came. */
export function unreachable(): ApiFault {
  return new ApiFault(0, 'Unreachable', 'The server cannot be reached. Check that it runs.', null);
}

const asFaults: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('x-csrf-token', csrfToken);
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return;
    const fault = await faultOf(response);
    // Whether somebody is signed in is asked in order to know it.
    const asks = request.method === 'GET' && new URL(request.url).pathname === '/api/session';
    if (response.status === 401 && fault.code !== 'BadCredentials' && !asks) {
      dispatchEvent(new Event(SIGNED_OUT));
    }
    if (response.status === 403) dispatchEvent(new Event(FORBIDDEN));
    throw fault;
  },
  onError() {
    return unreachable();
  },
};

async function faultOf(response: Response): Promise<ApiFault> {
  return faultIn(response.status, await response.text());
}

/** What an answer that is no success says. */
export function faultIn(status: number, text: string): ApiFault {
  try {
    const { msg, code, params } = exactJson(text) as Envelope;
    return new ApiFault(status, code, msg, params);
  } catch {
    // A proxy before the server has answered.
    return new ApiFault(status, 'Unavailable', `The server answered ${status}.`, null);
  }
}

/** The HTTP API, as its OpenAPI document has it. Whatever is no success is thrown as an `ApiFault`. */
export const api = createClient<paths>({ baseUrl: location.origin });
api.use(asFaults);

/** What a call answers, where success always has a body. */
export async function answerOf<Data>(call: Promise<{ data?: Data }>): Promise<NonNullable<Data>> {
  return (await call).data as NonNullable<Data>;
}

/**
 * The same of what is edited and sent back whole, asked for as text. Throws where the browser would round a number of
 * it: it would be stored like that.
 */
export async function editableAnswerOf<Answer>(call: Promise<{ data?: string }>): Promise<Answer> {
  const text = await answerOf(call);
  if (isKept(text)) return JSON.parse(text) as Answer;
  const message =
    'It has a number that a browser would round. Edit it by the API, or make the number a text.';
  throw new ApiFault(409, 'Rounded', message, null);
}
