import { WebhookDraft, WebhookInput } from '../../../src/domain/webhooks/webhook';

const BASE = { name: 'Orders', endpoint: 'https://api.example.com/orders' };
const FIELD = { path: 'order.status', type: 'string' };

describe('Data Retrieval (B104)', () => {
  const faults = (more: object) =>
    WebhookInput.safeParse({ ...BASE, ...more }).error?.issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  it('is off by default', () => {
    expect(WebhookInput.parse(BASE)).toMatchObject({ dataRetrieval: false, liveDataFields: [] });
  });

  it('comes with 1 to 10 live data fields (B110)', () => {
    const ten = Array.from({ length: 10 }, (_, index) => ({ path: `f${index}`, type: 'string' }));
    expect(faults({ dataRetrieval: true, liveDataFields: [FIELD] })).toBeUndefined();
    expect(faults({ dataRetrieval: true, liveDataFields: ten })).toBeUndefined();
    expect(faults({ dataRetrieval: true })).toEqual([expect.stringContaining('liveDataFields: ')]);
    expect(faults({ dataRetrieval: true, liveDataFields: [...ten, FIELD] })).toEqual([
      'liveDataFields.10: Choose up to 10 live data fields. “order.status” is the eleventh.',
    ]);
  });

  it('is needed for live data fields', () => {
    expect(faults({ liveDataFields: [FIELD] })).toEqual([
      expect.stringContaining('liveDataFields: Live data fields need Data Retrieval.'),
    ]);
  });

  it('needs no fields while the webhook is tested: the test finds them (B108)', () => {
    expect(WebhookDraft.parse({ ...BASE, dataRetrieval: true })).toMatchObject({ liveDataFields: [] });
  });
});
