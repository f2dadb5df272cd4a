import { InlineWebhook } from '../../src/domain/webhooks/inline-webhook';
import { webhookOfInline } from '../../src/webhook/inline';
import { renderWebhook } from '../../src/webhook/render';
import { aContext } from '../template/rendering';

const DATA = { list: [{ id: 1 }], none: null };

function bodyOf(payload: object): unknown {
  const inline = InlineWebhook.parse({ url: 'https://api.example.com/', payload });
  const webhook = webhookOfInline(inline, { type: 'none' });
  return JSON.parse(renderWebhook(webhook, aContext({ triggerData: DATA }), {}, {}).body!);
}

describe('the payload of an inline webhook', () => {
  test('keeps the type of a text that is exactly one tag', () => {
    expect(bodyOf({ a: '{{list}}', b: ['{{none}}'] })).toEqual({ a: [{ id: 1 }], b: [null] });
  });

  test.each(['{{toJson list}}', '{{{toJson list}}}', '{{~ toJson list ~}}'])(
    'has text where it is written in quotes: “%s”',
    (tag) => expect(bodyOf({ a: tag })).toEqual({ a: '[{"id":1}]' }),
  );
});
