/** What happens to the gateways. Those that leave live on; the crashed one is dead at once, and in the DNS for a while. */
export const changeNames = ['one joins', 'as many join', 'one leaves', 'half leave', 'one crashes'] as const;

export type Change = (typeof changeNames)[number];

/** Addresses in the DNS. */
export interface Gateways {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly crashed: string | undefined;
}

/** What a change makes of so many gateways; chance says which of them leave. */
export function gatewaysOf(change: Change, count: number, random: () => number): Gateways {
  const before = addresses(count);
  const stay = (leaving: number): readonly string[] => {
    const left = [...before];
    for (let n = 0; n < leaving; n++) left.splice(Math.floor(random() * left.length), 1);
    return left;
  };
  switch (change) {
    case 'one joins':
      return { before, after: addresses(count + 1), crashed: undefined };
    case 'as many join':
      return { before, after: addresses(2 * count), crashed: undefined };
    case 'one leaves':
      return { before, after: stay(1), crashed: undefined };
    case 'half leave':
      return { before, after: stay(Math.ceil(count / 2)), crashed: undefined };
    case 'one crashes': {
      const after = stay(1);
      return { before, after, crashed: before.find((address) => !after.includes(address)) };
    }
  }
}

const addresses = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `10.1.${n >> 8}.${n & 255}`);
