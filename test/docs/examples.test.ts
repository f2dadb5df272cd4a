import { REASONS } from '../../src/domain/entry';
import { Authentication } from '../../src/domain/webhooks/authentication';
import { WebhookDraft, WebhookInput } from '../../src/domain/webhooks/webhook';
import { refuseBrokenTemplates } from '../../src/usecases/journeys/template-faults';
import { JourneyDefinition } from '../../src/domain/journeys/journey';
import { Tile } from '../../src/domain/journeys/tiles';
import { EVENT_TYPES, EventWebhookInput } from '../../src/domain/webhooks/event-webhook';
import { checkWebhook } from '../../src/webhook/render';
import { page, pages } from './pages';

/** The JSON of a page's code blocks. */
function jsonOf(path: string): Record<string, unknown>[] {
  return [...page(path).text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text!));
}

describe('the documentation', () => {
  it('shows webhooks that can be saved, one for each use that they have (B013)', () => {
    const shown = ['docs/webhooks.md', 'docs/authentication.md', 'docs/services.md', 'docs/inkit.md'].flatMap(
      jsonOf,
    );
    const webhooks = shown.filter(({ name }) => name !== undefined);
    expect(webhooks).toHaveLength(13);
    const uses = ['Segment', 'Amplitude', 'Looker', 'Lob', 'Delighted', 'Twilio', 'Zapier', 'Own server'];
    const names = webhooks.map(({ name }) => String(name).split(':')[0]);
    expect(names).toEqual(expect.arrayContaining([...uses, 'Mark as won back', 'Welcome postcard']));
    for (const webhook of webhooks) {
      const { authentication, ...parsed } = WebhookInput.parse(webhook);
      expect(checkWebhook(parsed)).toEqual([]);
      expect(authentication).toBeDefined();
    }
  });

  it('advises to try a webhook before users come to it (B088)', () => {
    expect(page('docs/webhooks.md').text).toMatch(/## Try it\n\nTest a webhook before users reach it/);
  });

  it('shows a webhook with live data as it is tested, and as it is saved', () => {
    const [test, , saved] = jsonOf('docs/live-data.md');
    const { testToken, ...webhook } = saved!;
    expect(testToken).toBeDefined();
    const { liveDataFields, ...request } = WebhookInput.parse(webhook);
    expect(WebhookDraft.parse(test!.webhook)).toEqual({ ...request, liveDataFields: [] });
    expect(liveDataFields).toHaveLength(3);
  });

  it('shows authentication settings that can be saved', () => {
    const rows = [...page('docs/authentication.md').text.matchAll(/^\| `(\{.*?\})` +\|/gm)];
    const settings = rows.map(([, text]) => text!).filter((text) => !text.includes('…'));
    expect(settings).toHaveLength(5);
    for (const setting of settings) Authentication.parse(JSON.parse(setting));
  });

  it('shows journeys that can be saved', () => {
    const journeys = jsonOf('docs/journeys.md').filter(({ tiles }) => tiles !== undefined);
    expect(journeys).toHaveLength(1);
    for (const { id: _id, ...journey } of journeys) JourneyDefinition.parse(journey);
  });

  it('shows a journey with a schedule that can be saved', () => {
    const [journey] = jsonOf('docs/schedules.md');
    expect(JourneyDefinition.parse(journey).entry).toMatchObject({ source: 'schedule' });
  });

  it('shows webhooks in tiles for a sheet, a CRM, a mailing tool and an API of one’s own (B150)', () => {
    const tiles = jsonOf('docs/inline-webhooks.md').filter(({ type }) => type === 'webhook');
    expect(tiles.map(({ id }) => id)).toEqual(['sync-plan', 'sheet', 'crm', 'mailing', 'internal']);
    JourneyDefinition.parse({ name: 'Examples', tiles });
    expect(() => refuseBrokenTemplates(Tile.array().parse(tiles))).not.toThrow();
  });

  it('shows an event webhook that can be saved, and every event type', () => {
    const { text } = page('docs/event-webhooks.md');
    const [, sent] = /-d '(\{"name":"CRM".*\})'/.exec(text)!;
    const [{ targetUrl, eventTypes } = { targetUrl: '' }] = jsonOf('docs/event-webhooks.md');
    expect(EventWebhookInput.parse(JSON.parse(sent!))).toMatchObject({ targetUrl, eventTypes });
    const listed = [...text.matchAll(/^\| `([a-z]+\.[a-zA-Z]+)`/gm)].map(([, type]) => type);
    expect(listed).toEqual([...EVENT_TYPES]);
  });

  it('shows nothing that is not JSON where it says json', () => {
    expect(pages().flatMap(({ path }) => jsonOf(path)).length).toBeGreaterThan(6);
  });

  it.each(REASONS)('explains the reason %s', (reason) => {
    expect(page('docs/retries.md').text).toMatch(new RegExp(`^\\|.*\`${reason}\`.*\\|$`, 'm'));
  });
});
