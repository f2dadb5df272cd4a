import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { upload } from '../../../api/upload';
import { Button } from '../../../ui/button';
import { Code } from '../../../ui/code';
import { messageOf } from '../../../ui/feedback/failure';
import { CheckField } from '../../../ui/forms/fields';
import { Page } from '../../../ui/page';
import { Progress } from '../../../ui/feedback/progress';
import { bytes } from '../../../words/bytes';
import { listsQuery } from '../../lists/lists';
import { quoted } from '../../../words/quoted';
import './import.css';

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
/** Of a file, what is shown of it before it is sent. */
const BEGINNING = { bytes: 4_096, lines: 5 };

function formatOf({ name }: File): keyof typeof TYPES {
  return /\.(ndjson|jsonl)$/i.test(name) ? 'ndjson' : 'csv';
}

/** A file of users: sent from here, applied by a job. */
export function ImportUsers() {
  const { list } = useSearch({ from: '/shell/users/import' });
  const { data: lists } = useQuery(listsQuery);
  const name = lists?.find(({ id }) => id === list)?.name;
  return (
    <Page
      title={list === undefined ? 'Import users' : `Import users onto ${quoted(name ?? String(list))}`}
      back={
        list === undefined
          ? { href: '/users', text: 'Users' }
          : { href: `/lists/${list}`, text: name ?? 'The list' }
      }
    >
      <p className="lead">
        Each row creates or updates one user{list !== undefined && ', and puts them on the list'}. It starts
        the same journeys as a change by the API does.
      </p>
      <ImportForm listId={list} />
      <Formats />
    </Page>
  );
}

function ImportForm({ listId }: { listId: number | undefined }) {
  const [file, setFile] = useState<File>();
  const [knownOnly, setKnownOnly] = useState(false);
  const [merge, setMerge] = useState(false);
  const [sent, setSent] = useState<number>();
  const [error, setError] = useState<string>();
  const abort = useRef<AbortController>(undefined);
  const fileId = useId();
  const navigate = useNavigate();
  useEffect(() => () => abort.current?.abort(), []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (file === undefined) return setError('Choose a file first.');
    const own = new AbortController();
    abort.current = own;
    setError(undefined);
    setSent(0);
    const query = new URLSearchParams({
      updateExistingUsersOnly: String(knownOnly),
      mergeNestedObjects: String(merge),
    });
    const path = listId === undefined ? '/api/users/import' : `/api/lists/${listId}/import`;
    try {
      const type = TYPES[formatOf(file)];
      const { jobId } = await upload<{ jobId: string }>(`${path}?${query}`, {
        ...{ file, type, onProgress: setSent, signal: own.signal },
      });
      await navigate({ to: '/jobs/$id', params: { id: jobId } });
    } catch (fault) {
      if (!own.signal.aborted) setError(messageOf(fault));
      setSent(undefined);
    }
  }

  const isSending = sent !== undefined;
  return (
    <form className="stack card import-form" onSubmit={(event) => void submit(event)}>
      <div className="field">
        <label htmlFor={fileId}>File</label>
        <input
          id={fileId}
          className="input drop"
          type="file"
          accept=".csv,.ndjson,.jsonl,text/csv,application/x-ndjson"
          aria-describedby={`${fileId}-hint`}
          disabled={isSending}
          onChange={(event) => {
            setFile(event.target.files?.[0]);
            setError(undefined);
          }}
        />
        <span className="hint" id={`${fileId}-hint`}>
          CSV, or NDJSON (.ndjson, .jsonl), in UTF-8, at most 1 GiB. You can drop it here.
        </span>
      </div>
      {file !== undefined && <Beginning file={file} />}
      <CheckField
        label="Update existing users only"
        hint="Rows of users who are not known are refused."
        checked={knownOnly}
        onChange={setKnownOnly}
        isDisabled={isSending}
      />
      <CheckField
        label="Merge nested objects"
        hint="Left out, an object replaces the one in the profile."
        checked={merge}
        onChange={setMerge}
        isDisabled={isSending}
      />
      {error !== undefined && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
      {isSending && file !== undefined && (
        <Progress
          label="Upload"
          done={sent}
          total={file.size}
          text={sent < file.size ? `${bytes(sent)} of ${bytes(file.size)}` : 'Being checked…'}
        />
      )}
      <div className="form-actions">
        {isSending ? (
          <Button onPress={() => abort.current?.abort()}>Cancel</Button>
        ) : (
          <Button look="primary" type="submit">
            Import
          </Button>
        )}
      </div>
    </form>
  );
}

/** The first lines, so that a wrong file is seen before it is sent. */
function Beginning({ file }: { file: File }) {
  const { data: text = '' } = useQuery({
    queryKey: ['file', file.name, file.size, file.lastModified],
    queryFn: () => file.slice(0, BEGINNING.bytes).text(),
    gcTime: 0,
  });
  const lines = text.split(/\r\n|\r|\n/).slice(0, BEGINNING.lines);
  return (
    <Code
      label="First lines"
      text={lines.join('\n')}
      note={`${bytes(file.size)}, read as ${formatOf(file).toUpperCase()}.`}
    />
  );
}

function Formats() {
  return (
    <section className="stack" aria-labelledby="formats">
      <h2 id="formats">What the file has</h2>
      <p className="lead">
        CSV has a header with <code>email</code> or <code>userId</code>; every other column is a field of the
        profile. A type may follow its name: <code>age:long</code>. NDJSON has one object a line.
      </p>
      <Code label="CSV" text={'email,userId,plan,age:long\nada@example.com,,pro,36\n,user-2,free,'} />
      <Code
        label="NDJSON"
        text={
          '{"email": "ada@example.com", "dataFields": {"plan": "pro", "age": 36}}\n{"userId": "user-2", "dataFields": {"plan": "free"}}'
        }
      />
    </section>
  );
}
