import { scopeOf } from '../../src/template/scope';
import { aContext, renderText } from './rendering';

/** A template rendered for a user whose profile and trigger data have fields of any name. */
function render(template: string, fields: Parameters<typeof aContext>[0] = {}): string | undefined {
  return renderText(template, scopeOf(aContext(fields)));
}

const NAMES = [
  'profile', 'dataFields', 'liveData', 'events', 'callbacks', 'email', 'userId', 'workflowId', 'now',
]; // prettier-ignore
const named = (value: string) => Object.fromEntries(NAMES.map((name) => [name, value]));

describe('a field with the name of what templates read', () => {
  const fields = { profile: named('of the profile'), triggerData: named('of the trigger data') };

  it.each(['liveData', 'events', 'callbacks', 'workflowId', 'now'])(
    'called %s is read under profile and dataFields',
    (name) => {
      expect(render(`{{profile.${name}}}, {{dataFields.${name}}}`, fields)).toBe(
        'of the profile, of the trigger data',
      );
    },
  );

  it('never stands for what every rendering has', () => {
    expect(render('{{email}} {{userId}} {{workflowId}} {{this.now}}', { ...fields, userId: 'u1' })).toBe(
      'test.user@example.com u1 12345 1767323045000',
    );
    expect(render('{{liveData}}', fields)).toBe('');
  });

  it.each(['events', 'callbacks'])(
    'called %s is read by that name until the entry has some of its own',
    (name) => {
      expect(render(`{{${name}}}`, { profile: { [name]: 7 } })).toBe('7');
      expect(render(`{{${name}}}`, fields)).toBe('of the trigger data');
      expect(render(`{{${name}.order.total}}`, { ...fields, [name]: { order: { total: 5 } } })).toBe('5');
    },
  );
});
