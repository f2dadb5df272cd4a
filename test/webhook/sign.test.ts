import { Webhook } from 'standardwebhooks';
import { signatureFault, newSigningSecret, sign } from '../../src/webhook/sign';

const ID = 'dlv_0123456789abcdef0123456789abcdef';

describe('a signature', () => {
  it('is that of the Standard Webhooks specification’s own example', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(sign(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it.each([
    ['JSON', '{"plan":"pro","age":40}'],
    ['signs of every size', '{"name":"Zoë 日本 🙂"}'],
    ['a form', 'To=%2B33&Text=a+b'],
    ['no body at all', ''],
  ])('of %s is verified by the library of the standard', (_name, body) => {
    const secret = newSigningSecret();
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = {
      'webhook-id': ID,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': sign(secret, ID, timestamp, body),
    };
    const judge = new Webhook(secret);
    const verify = (text: string) => judge.verify(text, headers, { jsonParse: false });
    expect(() => verify(body)).not.toThrow();
    expect(() => verify(`${body} `)).toThrow('No matching signature found');
  });

  it('differs with the id, the time and the secret', () => {
    const [one, other] = [newSigningSecret(), newSigningSecret()];
    const made = [
      sign(one, ID, 1, '{}'),
      sign(other, ID, 1, '{}'),
      sign(one, `${ID}0`, 1, '{}'),
      sign(one, ID, 2, '{}'),
    ];
    expect(new Set(made).size).toBe(4);
  });
});

describe('a request that came in', () => {
  const NOW = Date.parse('2026-11-29T12:00:00Z');
  const secret = newSigningSecret();
  const body = '{"status":"success"}';
  const signed = (at = NOW, by = [secret]) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at / 1_000)),
    'webhook-signature': by.map((one) => new Webhook(one).sign('msg_1', new Date(at), body)).join(' '),
  });

  it('is signed with one of our secrets, beside others of the sender', () => {
    expect(signatureFault(signed(), body, [secret], NOW)).toBeUndefined();
    expect(signatureFault(signed(), body, [newSigningSecret(), secret], NOW)).toBeUndefined();
    expect(signatureFault(signed(NOW, [newSigningSecret(), secret]), body, [secret], NOW)).toBeUndefined();
  });

  it('is not signed with another secret, for another body or id, or without one of the headers', () => {
    expect(signatureFault(signed(), body, [newSigningSecret()], NOW)).toBe('signature');
    expect(signatureFault(signed(), body, [], NOW)).toBe('signature');
    expect(signatureFault(signed(), `${body} `, [secret], NOW)).toBe('signature');
    expect(signatureFault({ ...signed(), 'webhook-id': 'msg_2' }, body, [secret], NOW)).toBe('signature');
    for (const name of Object.keys(signed())) {
      expect(signatureFault({ ...signed(), [name]: undefined }, body, [secret], NOW)).toBe('missing');
      expect(signatureFault({ ...signed(), [name]: ['a', 'b'] }, body, [secret], NOW)).toBe('missing');
    }
  });

  it.each([
    [-301_000, 'time'],
    [-300_000, undefined],
    [300_000, undefined],
    [301_000, 'time'],
  ])('with a timestamp %i ms from now has the fault %s', (ms, fault) => {
    expect(signatureFault(signed(NOW + ms), body, [secret], NOW)).toBe(fault);
  });

  it.each(['', 'now', '1e9', '-1', 'NaN', '9'.repeat(400)])(
    'is not taken with the timestamp “%s”',
    (stamp) => {
      expect(signatureFault({ ...signed(), 'webhook-timestamp': stamp }, body, [secret], NOW)).toBe('time');
    },
  );
});

it('a signing secret has 32 random bytes', () => {
  const secrets = [newSigningSecret(), newSigningSecret()];
  expect(new Set(secrets).size).toBe(2);
  for (const secret of secrets) {
    expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32);
  }
});
