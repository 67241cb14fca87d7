interface Entry {
  readonly atMs: number;
  readonly run: () => void;
}

/** A binary heap: a thousand days have millions of events. */
export interface EventQueue {
  add(atMs: number, run: () => void): void;
  nextAtMs(): number;
  take(): () => void;
}

export function createEventQueue(): EventQueue {
  const heap: Entry[] = [];
  const timeAt = (index: number): number => heap[index]?.atMs ?? Infinity;

  function swap(one: number, other: number): void {
    const entry = heap[one] as Entry;
    heap[one] = heap[other] as Entry;
    heap[other] = entry;
  }

  return {
    add(atMs, run) {
      heap.push({ atMs, run });
      for (let index = heap.length - 1; index > 0;) {
        const parent = (index - 1) >> 1;
        if (timeAt(parent) <= atMs) break;
        swap(parent, index);
        index = parent;
      }
    },
    nextAtMs: () => timeAt(0),
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (!first || !last) throw new Error('the queue is empty');
      if (heap.length === 0) return first.run;
      heap[0] = last;
      for (let index = 0; ;) {
        const left = 2 * index + 1;
        const smaller = timeAt(left + 1) < timeAt(left) ? left + 1 : left;
        if (timeAt(smaller) >= timeAt(index)) break;
        swap(index, smaller);
        index = smaller;
      }
      return first.run;
    },
  };
}
