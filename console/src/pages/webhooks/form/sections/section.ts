import type { Variable } from '../../../../ui/template-editor/variables';
import type { Draft } from '../draft';

/** What each part of the form works on. */
export interface SectionProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** What is wrong with the field at this path of the API. */
  faultOf: (path: string) => string | undefined;
  /** What templates can read. */
  variables: readonly Variable[];
}
