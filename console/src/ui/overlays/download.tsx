import { type ReactNode, useEffect, useRef, useState } from 'react';
import { ApiFault } from '../../api/client';
import { bytes } from '../../words/bytes';
import { Button } from '../button';
import { messageOf } from '../feedback/failure';
import { Dialog } from './dialog';

export interface Download {
  /** The file's name. */
  name: string;
  /** Reads it whole; `onProgress` says how far it is. */
  read: (signal: AbortSignal, onProgress: (text: string) => void) => Promise<Blob>;
}

/** A file that comes in sooner needs no word. */
const QUIET_MS = 400;

type State = { file: Download; text?: string; error?: string };

/** Downloads by `fetch`, so that a refusal is shown here rather than as the page of an error. */
export function useDownload(): { download: (file: Download) => void; dialog: ReactNode } {
  const [state, setState] = useState<State>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);

  async function run(file: Download) {
    const own = new AbortController();
    stop.current?.abort();
    stop.current = own;
    let text = 'The server is writing it.';
    let isShown = false;
    const show = () => !own.signal.aborted && setState({ file, text });
    const timer = setTimeout(() => {
      isShown = true;
      show();
    }, QUIET_MS);
    setState(undefined);
    try {
      const content = await file.read(own.signal, (progress) => {
        text = progress;
        if (isShown) show();
      });
      if (own.signal.aborted) return;
      save(content, file.name);
      setState(undefined);
    } catch (error) {
      if (!own.signal.aborted) setState({ file, error: failureOf(error) });
    } finally {
      clearTimeout(timer);
    }
  }

  function close() {
    stop.current?.abort();
    setState(undefined);
  }

  return { download: (file) => void run(file), dialog: state && <Shown {...{ state, close, run }} /> };
}

interface ShownProps {
  state: State;
  close: () => void;
  run: (file: Download) => Promise<void>;
}

function Shown({ state: { file, text, error }, close, run }: ShownProps) {
  return (
    <Dialog
      title={error === undefined ? `Downloading ${file.name}` : `${file.name} was not downloaded`}
      onClose={close}
      isStrict
      actions={
        <>
          <Button onPress={close}>{error === undefined ? 'Cancel' : 'Close'}</Button>
          {error !== undefined && (
            <Button look="primary" onPress={() => void run(file)}>
              Try again
            </Button>
          )}
        </>
      }
    >
      {error === undefined ? (
        <p role="status">{text}</p>
      ) : (
        <p className="error" role="alert">
          {error}
        </p>
      )}
    </Dialog>
  );
}

function failureOf(error: unknown): string {
  if (!(error instanceof ApiFault)) return 'The connection broke off before the whole file had come.';
  return Object.values(error.fields)[0] ?? messageOf(error);
}

/** Reads an answer of `api` that was asked for with `parseAs: 'stream'`. */
export async function readStream(
  answer: Promise<{ data?: ReadableStream<Uint8Array> | null }>,
  onProgress: (text: string) => void,
): Promise<Blob> {
  const { data } = await answer;
  let count = 0;
  const counted = data!.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        count += chunk.byteLength;
        onProgress(`${bytes(count)} so far.`);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted as ReadableStream<Uint8Array<ArrayBuffer>>).blob();
}

function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  Object.assign(link, { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
