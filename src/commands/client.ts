import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dispatcher, request } from 'undici';
import { type Config, ConfigError } from '../config';

/** A command's client of a running Wayhook's API. */
export interface Client {
  /** The base URL, without a trailing slash. */
  url: string;
  /** Throws `ServerUnreachable` when nothing answers, and a ConfigError with the API's message for an error response. */
  call: (method: 'GET' | 'POST', path: string, options?: CallOptions) => Promise<Dispatcher.ResponseData>;
  /** The same for a JSON response. */
  read: <Answer>(method: 'GET' | 'POST', path: string, options?: CallOptions) => Promise<Answer>;
}

type CallOptions = Pick<Dispatcher.RequestOptions, 'body'> & { headers?: Record<string, string> };

/** Nothing answers at the URL. */
export class ServerUnreachable extends ConfigError {}

/** With the API key of the settings, or of the data folder on this machine. */
export function openClient(config: Pick<Config, 'url' | 'port' | 'apiKey' | 'dataDir'>): Client {
  const url = config.url ?? `http://127.0.0.1:${config.port}`;
  const key = config.apiKey ?? keyOf(config);
  const call: Client['call'] = async (method, path, options) => {
    const headers = { 'api-key': key, ...options?.headers };
    const answer = await request(url + path, { method, ...options, headers }).catch((cause: unknown) => {
      throw new ServerUnreachable(
        `Wayhook does not answer at ${url} (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}). ` +
          'Start it, or set PORT or WAYHOOK_URL to where it runs.',
        { cause },
      );
    });
    if (answer.statusCode >= 400) throw new ConfigError(await messageOf(answer, url));
    return answer;
  };
  return {
    url,
    call,
    read: async <Answer>(...args: Parameters<Client['call']>) =>
      (await call(...args)).body.json() as Promise<Answer>,
  };
}

/** The key of the data folder is never sent to another machine. */
function keyOf({ url, dataDir }: Pick<Config, 'url' | 'dataDir'>): string {
  const file = join(dataDir, 'api-key');
  if (url === undefined && existsSync(file)) return readFileSync(file, 'utf8').trim();
  const otherwise = url === undefined ? `, or WAYHOOK_DATA_DIR to the data folder: ${dataDir} has none` : '';
  throw new ConfigError(`There is no API key. Set WAYHOOK_API_KEY${otherwise}.`);
}

async function messageOf({ statusCode, body }: Dispatcher.ResponseData, url: string): Promise<string> {
  const text = await body.text();
  if (statusCode === 401)
    return `Wayhook at ${url} rejects the API key. Set WAYHOOK_API_KEY to one of its keys.`;
  return messageIn(text) ?? `What answers at ${url} is not Wayhook: status ${statusCode}. Set WAYHOOK_URL.`;
}

/** The message of an error response of Wayhook. */
function messageIn(text: string): string | undefined {
  try {
    const { msg } = JSON.parse(text) as { msg?: unknown };
    return typeof msg === 'string' ? msg : undefined;
  } catch {
    return undefined;
  }
}
