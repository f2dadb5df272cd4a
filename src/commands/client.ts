import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dispatcher, request } from 'undici';
import { type Config, ConfigError } from '../config';

/** Calls of a command to the API of a Wayhook that runs. */
export interface Client {
  /** The base address, without a slash at its end. */
  url: string;
  /** Throws a `ServerAway` when nobody answers, and a ConfigError with the API's own words for an answer that is an error. */
  call: (method: 'GET' | 'POST', path: string, options?: CallOptions) => Promise<Dispatcher.ResponseData>;
  /** The same for an answer that is JSON. */
  read: <Answer>(method: 'GET' | 'POST', path: string, options?: CallOptions) => Promise<Answer>;
}

type CallOptions = Pick<Dispatcher.RequestOptions, 'body'> & { headers?: Record<string, string> };

/** Nobody answers at the address. */
export class ServerAway extends ConfigError {}

/** With the key of the settings, or of the data folder on this machine. */
export function openClient(config: Pick<Config, 'url' | 'port' | 'apiKey' | 'dataDir'>): Client {
  const url = config.url ?? `http://127.0.0.1:${config.port}`;
  const key = config.apiKey ?? keyOf(config);
  const call: Client['call'] = async (method, path, options) => {
    const headers = { 'api-key': key, ...options?.headers };
    const answer = await request(url + path, { method, ...options, headers }).catch((cause: unknown) => {
      throw new ServerAway(
        `Wayhook does not answer at ${url} (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}). ` +
          'Start it, or set PORT or WAYHOOK_URL to where it runs.',
        { cause },
      );
    });
    if (answer.statusCode >= 400) throw new ConfigError(await refusalOf(answer, url));
    return answer;
  };
  return {
    url,
    call,
    read: async <Answer>(...args: Parameters<Client['call']>) =>
      (await call(...args)).body.json() as Promise<Answer>,
  };
}

/** The local key goes to no other machine. */
function keyOf({ url, dataDir }: Pick<Config, 'url' | 'dataDir'>): string {
  const file = join(dataDir, 'api-key');
  if (url === undefined && existsSync(file)) return readFileSync(file, 'utf8').trim();
  const otherwise = url === undefined ? `, or WAYHOOK_DATA_DIR to the data folder: ${dataDir} has none` : '';
  throw new ConfigError(`There is no API key. Set WAYHOOK_API_KEY${otherwise}.`);
}

async function refusalOf({ statusCode, body }: Dispatcher.ResponseData, url: string): Promise<string> {
  const text = await body.text();
  if (statusCode === 401)
    return `Wayhook at ${url} does not know the API key. Set WAYHOOK_API_KEY to one of its keys.`;
  return messageIn(text) ?? `What answers at ${url} is no Wayhook: status ${statusCode}. Set WAYHOOK_URL.`;
}

/** The words of an error of ours. */
function messageIn(text: string): string | undefined {
  try {
    const { msg } = JSON.parse(text) as { msg?: unknown };
    return typeof msg === 'string' ? msg : undefined;
  } catch {
    return undefined;
  }
}
