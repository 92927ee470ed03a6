/** How far a file was read. */
export interface Position {
  /** Where the next record begins; in what a compressed file holds, unpacked. */
  readonly offset: number;
  /** Records before that. */
  readonly records: number;
  /** That is within a record of which the rest is to be left out. */
  readonly isCut: boolean;
}

export const beginning: Position = { offset: 0, records: 0, isCut: false };
