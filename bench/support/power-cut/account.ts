import type { Change, Operation } from './operations';

/** What was acknowledged, and what was under way when the power went. */
export class Account {
  private readonly acknowledged: Map<string, string | null>;
  private readonly underWay: Set<Change>;

  constructor(like?: Account) {
    this.acknowledged = new Map(like?.acknowledged);
    this.underWay = new Set(like?.underWay);
  }

  note(operation: Operation): void {
    if (operation.do === 'attempt') this.underWay.add(operation.change);
    if (operation.do !== 'acknowledge') return;
    this.underWay.delete(operation.change);
    for (const [key, value] of operation.change.rows) this.acknowledged.set(key, value);
  }

  copy(): Account {
    return new Account(this);
  }

  get keys(): number {
    return this.acknowledged.size;
  }

  /** The rows that are not as acknowledged. One whose change was under way may be as before it or as after it. */
  faults(rows: Map<string, string>): string[] {
    const faults: string[] = [];
    const expected = new Map(this.acknowledged);
    for (const change of this.underWay) {
      const done = change.rows.filter(([key, value]) => (rows.get(key) ?? null) === value).length;
      if (done > 0 && done < change.rows.length) faults.push(`half of the change ${change.id} is there`);
      if (done > 0) for (const [key, value] of change.rows) expected.set(key, value);
    }
    for (const [key, value] of expected) {
      const found = rows.get(key) ?? null;
      if (found !== value) faults.push(`${key} is ${brief(found)} and not ${brief(value)}`);
    }
    for (const key of rows.keys()) if (!expected.has(key)) faults.push(`${key} was never inserted`);
    return faults;
  }
}

const brief = (value: string | null) => (value === null ? 'absent' : value.slice(0, 20));
