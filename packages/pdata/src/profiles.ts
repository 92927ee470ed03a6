import { BatchBase, createFactory, Records, Request } from './batch.js';
import type { Chunk } from './edit.js';
import { Profile, ResourceProfiles, ScopeProfiles } from './generated/views.js';
import type { Batch, BatchFactory, Telemetry } from './telemetry.js';

/**
 * A batch of profiles: one request, whose profiles point into its dictionary. Its
 * items are samples. It is passed on whole: neither merged nor cut.
 */
export interface Profiles extends Telemetry<'profiles'> {
  /** Profiles, each of which holds many samples. */
  readonly profileCount: number;
  /** Every profile in order. Profiles removed meanwhile are skipped. */
  profiles(): Iterable<Profile>;
  resourceProfiles(): Iterable<ResourceProfiles>;
  /** Removes the profiles for which `keep` is false. The dictionary stays as it is. */
  filter(keep: (profile: Profile) => boolean): void;
}

class ProfilesBatch extends BatchBase<'profiles'> implements Profiles {
  override readonly signal = 'profiles';

  protected override make(chunks: Chunk[]): Profiles {
    return new ProfilesBatch(chunks);
  }

  get profileCount(): number {
    let count = 0;
    for (const _ of this.profiles()) count++;
    return count;
  }

  profiles(): Iterable<Profile> {
    return new Records('profiles', this.chunks, [ResourceProfiles, ScopeProfiles, Profile]);
  }

  *resourceProfiles(): Iterable<ResourceProfiles> {
    for (const chunk of this.chunks.slice()) yield* new Request(chunk, 'profiles').groups(ResourceProfiles);
  }

  filter(keep: (profile: Profile) => boolean): void {
    this.keepOnly(this.profiles(), keep);
  }

  override canAppend(other: Batch<'profiles'>): boolean {
    return super.canAppend(other) && this.byteLength === 0;
  }

  override take(maxItems: number): Batch<'profiles'> {
    // A part would need the dictionary too; all of it is less.
    if (!(maxItems >= 1)) throw new RangeError(`maxItems must be at least 1, got ${maxItems}`);
    const { chunks } = this;
    this.chunks = [];
    return this.make(chunks);
  }
}

/** Makes batches of profiles. `from` checks untrusted bytes once; afterwards no view throws. */
export const Profiles: BatchFactory<'profiles'> = createFactory(
  'profiles',
  (chunks) => new ProfilesBatch(chunks),
);
