import { Webhook } from 'standardwebhooks';
import { newSigningSecret, sign } from '../../src/webhook/sign';

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

it('a signing secret has 32 random bytes', () => {
  const secrets = [newSigningSecret(), newSigningSecret()];
  expect(new Set(secrets).size).toBe(2);
  for (const secret of secrets) {
    expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32);
  }
});
