/** The parts of the name of an image. */
export interface ImageName {
  readonly repository: string;
  /** `latest` where the name has none. */
  readonly tag: string;
}

/** `registry:5000/team/shop:1.2@sha256:…` */
export function imageNameOf(image: string): ImageName | undefined {
  const [named = ''] = image.split('@', 1);
  if (named === '' || /\s/.test(named)) return undefined;
  const colon = named.lastIndexOf(':');
  // One before a slash is that of a port.
  if (colon <= named.lastIndexOf('/')) return { repository: named, tag: 'latest' };
  return { repository: named.slice(0, colon), tag: named.slice(colon + 1) };
}

/** The name with the digest of the bytes, where the runtime tells one: `registry/team/shop@sha256:…`. */
export function repoDigestOf(imageId: string): string | undefined {
  const digest = imageId.replace(/^[a-z-]+:\/\//, '');
  return /^[^\s@]+@[a-z0-9]+:[0-9a-f]{32,}$/.test(digest) ? digest : undefined;
}
