import { Inkit } from '../../src/domain/webhooks/inkit';
import { withInkitToken } from '../../src/webhook/inkit';
import { renderWebhook } from '../../src/webhook/render';
import { aContext, aWebhook, thrownBy } from '../template/rendering';

const ADA = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  addressLine1: '1 Main St',
  city: 'Springfield',
  state: 'IL',
  zip: 62_701,
  country: 'us',
};

function bodyFor(profile: Record<string, unknown>, more: object = {}, context: object = {}): object {
  const inkit = Inkit.parse({ templateId: 'tpl_1', ...more });
  const webhook = aWebhook({ destination: 'inkit', authentication: { type: 'inkit' }, inkit });
  return JSON.parse(renderWebhook(webhook, aContext({ profile, ...context })).body!);
}

describe('the body for Inkit', () => {
  it('has the properties filled from the profile by the preset (B041)', () => {
    expect(bodyFor(ADA)).toEqual({
      template_id: 'tpl_1',
      first_name: 'Ada',
      last_name: 'Lovelace',
      email: 'test.user@example.com',
      address_line_1: '1 Main St',
      address_city: 'Springfield',
      address_state: 'IL',
      address_zip: '62701',
      address_country: 'us',
      source: 'wayhook',
    });
  });

  it('has exactly the properties that the webhook fills in (B041)', () => {
    const fields = { first_name: '{{firstName}} {{lastName}}', address_zip: '{{zip}}', company: '' };
    expect(bodyFor(ADA, { fields })).toEqual({
      template_id: 'tpl_1',
      first_name: 'Ada Lovelace',
      address_zip: '62701',
    });
  });

  it('passes trigger data on, but never over what the webhook fills in', () => {
    const triggerData = { order: 7, template_id: 'other', firstName: 'Augusta', api_token: 'stolen' };
    expect(bodyFor(ADA, { fields: { first_name: '{{firstName}}' } }, { triggerData })).toEqual({
      order: 7,
      template_id: 'tpl_1',
      firstName: 'Augusta',
      first_name: 'Augusta',
    });
  });

  it.each([
    ['address_line_1', { ...ADA, addressLine1: 'x'.repeat(65) }, '64 characters'],
    ['address_state', { ...ADA, state: 'Illinois' }, 'two letters'],
    ['address_country', { ...ADA, country: 'USA' }, 'two letters'],
  ])('is not sent if %s does not fit, and the fault names it without its value', (name, profile, words) => {
    const fault = thrownBy(() => bodyFor(profile));
    expect(fault).toMatchObject({ reason: 'render', path: ['inkit', 'fields', name] });
    expect((fault as Error).message).toContain(words);
    expect((fault as Error).message).not.toMatch(/Illinois|USA|xx/);
  });

  it('is not sent if trigger data has a property that does not fit', () => {
    const fields = { first_name: 'Ada' };
    const triggerData = { address_state: { name: 'IL' } };
    expect(thrownBy(() => bodyFor({}, { fields }, { triggerData }))).toMatchObject({ reason: 'render' });
  });

  it('is not sent without a name', () => {
    expect(thrownBy(() => bodyFor({ state: 'IL' }))).toMatchObject({
      reason: 'render',
      message: expect.stringContaining('first_name or last_name'),
    });
  });

  it('takes 64 characters of any kind in address_line_1', () => {
    expect(bodyFor({ ...ADA, addressLine1: '🏠'.repeat(64) })).toHaveProperty('address_line_1');
  });

  it('puts the token first, whatever it contains', () => {
    expect(JSON.parse(withInkitToken('{"a":1}', 'a"}'))).toEqual({ api_token: 'a"}', a: 1 });
    expect(withInkitToken('{}', 't')).toBe('{"api_token":"t"}');
  });
});
