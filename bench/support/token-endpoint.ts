import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenEndpoint {
  url: string;
  requests: () => number;
  latest: () => string;
  close: () => void;
}

/** A token URL that issues `token-1`, `token-2` and so on. */
export async function openTokenEndpoint(): Promise<TokenEndpoint> {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    requests += 1;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ access_token: `token-${requests}`, token_type: 'bearer', expires_in: 3600 }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return {
    url,
    requests: () => requests,
    latest: () => `token-${requests}`,
    close: () => void server.close(),
  };
}
