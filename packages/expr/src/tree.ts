/** An expression, as it is written. `at` is where it stands. */
export type Node =
  | {
      readonly type: 'literal';
      readonly at: number;
      readonly value: string | number | bigint | boolean | null;
    }
  | { readonly type: 'name'; readonly at: number; readonly name: string }
  /** `#`, or `#acc` and `#index` by their names: what a closure is called with. */
  | { readonly type: 'pointer'; readonly at: number; readonly name: 'value' | 'acc' | 'index' }
  | {
      readonly type: 'member';
      readonly at: number;
      readonly object: Node;
      readonly key: Node;
      readonly isOptional: boolean;
    }
  /** Members behind a `?.`: where that finds nil, all of it is nil. */
  | { readonly type: 'chain'; readonly at: number; readonly inner: Node }
  | {
      readonly type: 'slice';
      readonly at: number;
      readonly object: Node;
      readonly from: Node | undefined;
      readonly to: Node | undefined;
    }
  | { readonly type: 'call'; readonly at: number; readonly name: string; readonly args: readonly Node[] }
  | { readonly type: 'closure'; readonly at: number; readonly body: Node }
  | {
      readonly type: 'unary';
      readonly at: number;
      readonly operator: '-' | '+' | 'not';
      readonly operand: Node;
    }
  | {
      readonly type: 'binary';
      readonly at: number;
      readonly operator: string;
      readonly left: Node;
      readonly right: Node;
    }
  | {
      readonly type: 'conditional';
      readonly at: number;
      readonly test: Node;
      readonly yes: Node;
      readonly no: Node;
    }
  | { readonly type: 'array'; readonly at: number; readonly elements: readonly Node[] }
  | {
      readonly type: 'map';
      readonly at: number;
      readonly pairs: readonly (readonly [key: Node, value: Node])[];
    }
  | {
      readonly type: 'let';
      readonly at: number;
      readonly name: string;
      readonly value: Node;
      readonly body: Node;
    };
