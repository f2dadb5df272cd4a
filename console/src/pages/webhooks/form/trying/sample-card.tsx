import { lazy, Suspense, useState } from 'react';
import { Button } from '../../../../ui/button';
import { TemplateEditor } from '../../../../ui/template-editor/template-editor';
import type { ReadSample, Sample } from './sample';

/** Loaded when it is asked for: few who come to this form need it. */
const SampleSource = lazy(() => import('./sample-source').then((part) => ({ default: part.SampleSource })));

interface SampleCardProps {
  /** The saved webhook: its deliveries are offered. */
  webhookId: number | undefined;
  sample: Sample;
  faults: ReadSample['faults'];
  onChange: (sample: Sample) => void;
  /** Goes back to what the templates read; undefined while that is shown. */
  onReset: (() => void) | undefined;
  /** Whether a template reads live data. */
  hasLiveData: boolean;
}

/** Whose data fills the templates, in the preview and in tests. */
export function SampleCard({ webhookId, sample, faults, onChange, onReset, hasLiveData }: SampleCardProps) {
  const [isFilling, setFilling] = useState(false);
  const [resets, setResets] = useState(0);
  const field = (part: keyof Sample, label: string) => (
    <TemplateEditor
      label={label}
      language="json"
      rows={4}
      value={sample[part]}
      onChange={(text) => onChange({ ...sample, [part]: text })}
      error={faults[part]}
    />
  );
  return (
    <section className="card form-section" aria-labelledby="section-sample">
      <div className="section-head">
        <h2 id="section-sample">Sample user</h2>
        {onReset !== undefined && (
          <Button
            look="quiet"
            className="tiny"
            onPress={() => {
              onReset();
              setResets(resets + 1);
            }}
          >
            Fill from the templates
          </Button>
        )}
      </div>
      <p className="hint">The preview and tests are filled with it. Nothing of it is stored.</p>
      {isFilling ? (
        <Suspense fallback={null}>
          {/* The focus comes from the button; after a reset it stays where it is. */}
          <SampleSource key={resets} webhookId={webhookId} onSample={onChange} autoFocus={resets === 0} />
        </Suspense>
      ) : (
        <Button
          onPress={() => {
            setResets(0);
            setFilling(true);
          }}
        >
          Fill with real data
        </Button>
      )}
      {field('profile', 'Profile')}
      {field('triggerData', 'Trigger data')}
      {hasLiveData && field('liveData', 'Live data')}
    </section>
  );
}
