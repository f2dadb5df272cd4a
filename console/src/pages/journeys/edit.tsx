import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { Button } from '../../ui/button';
import { Failure } from '../../ui/failure';
import { Page } from '../../ui/page';
import type { Journey } from './draft/draft';
import { journeyKey, useEditor } from './draft/editor';
import { kindOf } from './tile-words';

export function JourneyPage() {
  const id = Number(useParams({ from: '/shell/journeys/$id' }).id);
  const { data, error, refetch } = useQuery({
    queryKey: journeyKey(id),
    queryFn: () => answerOf(api.GET('/api/journeys/{id}', { params: { path: { id } } })),
  });
  if (data !== undefined) return <JourneyEditor key={id} journey={data} />;
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  return null;
}

function JourneyEditor({ journey }: { journey: Journey }) {
  const editor = useEditor(journey);
  const navigate = useNavigate({ from: '/journeys/$id' });
  const { draft, isChanged, isSaving, save } = editor;
  return (
    <Page
      title={draft.name}
      actions={
        <Button look="primary" isDisabled={!isChanged || isSaving} onPress={() => void save()}>
          Save
        </Button>
      }
    >
      <ol aria-label="Tiles">
        {draft.tiles.map((tile) => (
          <li key={tile.id}>
            <Button onPress={() => void navigate({ search: (before) => ({ ...before, tile: tile.id }) })}>
              {kindOf(tile.type).title}
            </Button>
          </li>
        ))}
      </ol>
    </Page>
  );
}
