import { Scenario } from '../../src/api/journeys/simulation-request';
import { ACTIONS } from '../../src/domain/audit';
import { REASONS } from '../../src/domain/entry';
import { Authentication } from '../../src/domain/webhooks/authentication';
import { WebhookDraft, WebhookInput } from '../../src/domain/webhooks/webhook';
import { refuseBrokenTemplates } from '../../src/usecases/journeys/template-faults';
import { When } from '../../src/domain/journeys/conditions';
import { OPERATORS } from '../../src/domain/journeys/conditions/comparison';
import { JourneyDefinition } from '../../src/domain/journeys/journey';
import { Tile } from '../../src/domain/journeys/tiles/tile';
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

  it('shows a journey with re-entry rules that can be saved', () => {
    const [journey] = jsonOf('docs/re-entry.md');
    expect(JourneyDefinition.parse(journey).reentry).toBeDefined();
  });

  it('shows conditions and matches that can be saved, one for each operator', () => {
    const { text } = page('docs/conditions.md');
    const rows = [...text.matchAll(/`(\{"(?:field|list|event|not)": .*?\})`/g)].map(([, shown]) => shown!);
    const whole = rows.filter((shown) => shown !== '{"field": "trigger.plan"}');
    const conditions = [...jsonOf('docs/conditions.md'), ...whole.map((shown): unknown => JSON.parse(shown))];
    expect(conditions.length).toBeGreaterThan(12);
    for (const when of conditions) When.parse(when);
    for (const is of OPERATORS) expect(text).toMatch(new RegExp(`^\\| .*\`${is}\`.*\\|$`, 'm'));
  });

  it.each(['branching', 'waiting', 'exit-rules'])('shows a journey that can be saved: %s', (path) => {
    const journeys = jsonOf(`docs/${path}.md`).filter(
      ({ tiles, name }) => tiles !== undefined && name !== undefined,
    );
    expect(journeys).toHaveLength(1);
    for (const journey of journeys) JourneyDefinition.parse(journey);
  });

  it('shows a simulation that can be asked for, and one of a scenarios file', () => {
    const { text } = page('docs/simulation.md');
    const [, asked] = /-d '(\{[^']*\})'/.exec(text)!;
    const { expect: _expected, name: _name, ...scenario } = jsonOf('docs/simulation.md').flat().at(-1)!;
    for (const sent of [JSON.parse(asked!), scenario]) Scenario.parse(sent);
  });

  it('shows a journey with a callback that can be saved', () => {
    const [journey] = jsonOf('docs/callbacks.md');
    expect(JourneyDefinition.parse(journey).tiles[0]).toMatchObject({ callback: { on: 202 } });
  });

  it('shows a journey with a schedule that can be saved', () => {
    const [journey] = jsonOf('docs/schedules.md');
    expect(JourneyDefinition.parse(journey).entry).toMatchObject({ source: 'schedule' });
  });

  it('shows a journey with delays until moments that can be saved', () => {
    const [journey] = jsonOf('docs/delays.md');
    expect(JourneyDefinition.parse(journey).tiles).toHaveLength(3);
  });

  it('shows a journey with a send window that can be saved', () => {
    const [journey] = jsonOf('docs/send-windows.md');
    expect(JourneyDefinition.parse(journey).sendWindow).toMatchObject({ timeZone: 'user' });
  });

  it('shows webhooks in tiles for a sheet, a CRM, a mailing tool and an API of one’s own (B150)', async () => {
    const tiles = jsonOf('docs/inline-webhooks.md').filter(({ type }) => type === 'webhook');
    expect(tiles.map(({ id }) => id)).toEqual(['sync-plan', 'sheet', 'crm', 'mailing', 'internal']);
    JourneyDefinition.parse({ name: 'Examples', tiles });
    await expect(refuseBrokenTemplates(Tile.array().parse(tiles))).resolves.toBeUndefined();
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

  it.each(ACTIONS)('explains the action %s', (action) => {
    expect(page('docs/audit-log.md').text).toMatch(new RegExp(`^\\|.*\`${action}\`.*\\|$`, 'm'));
  });

  it.each(REASONS)('explains the reason %s', (reason) => {
    expect(page('docs/retries.md').text).toMatch(new RegExp(`^\\|.*\`${reason}\`.*\\|$`, 'm'));
  });
});
