import { ApiFault, faultIn, headersOfChange, SIGNED_OUT } from './client';

export interface UploadOptions {
  file: File;
  type: string;
  /** Bytes that have been sent. */
  onProgress: (sent: number) => void;
  signal: AbortSignal;
}

/** Posts a file and reads the answer. It is not `api`, because `fetch` does not say how far it is. */
export function upload<Answer>(
  path: string,
  { file, type, onProgress, signal }: UploadOptions,
): Promise<Answer> {
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      const { status, responseText } = request;
      if (status < 300) return resolve(JSON.parse(responseText) as Answer);
      if (status === 401) dispatchEvent(new Event(SIGNED_OUT));
      reject(faultIn(status, responseText));
    };
    request.onerror = () => reject(brokenOff());
    request.onabort = () => reject(brokenOff());
    signal.addEventListener('abort', () => request.abort());
    request.open('POST', path);
    for (const [name, value] of Object.entries(headersOfChange())) request.setRequestHeader(name, value);
    request.setRequestHeader('content-type', type);
    const name = encodeURIComponent(file.name).replaceAll("'", '%27');
    request.setRequestHeader('content-disposition', `attachment; filename*=UTF-8''${name}`);
    request.send(file);
  });
}

function brokenOff(): ApiFault {
  return new ApiFault(
    0,
    'Unreachable',
    'The upload broke off, and nothing was imported. Begin it again.',
    null,
  );
}
