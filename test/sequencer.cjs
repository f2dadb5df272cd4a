const { default: Sequencer } = require('@jest/test-sequencer');

/** Folders of tests that start whole programs. These mostly wait, for minutes, and their files are short. */
const LONG = /\/test\/(bench|e2e|commands|local|setup)\//;

/**
 * Begins with the long tests, so that the others fill the other core meanwhile. Jest itself orders by the size of the
 * file where it has not run before: in a clean checkout it would end with them, one after the other.
 */
module.exports = class LongFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isLong = ({ path }) => LONG.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
