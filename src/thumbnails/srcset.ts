import type { Thumbnail } from './thumbnail.ts'

/** Builds a `srcset` of the thumbnails with the timestamp and the format of the first, each width once. */
export function buildSrcset (thumbnails: readonly Thumbnail[]): string {
  const [first] = thumbnails
  const sameFrame = thumbnails.filter(
    ({ timestamp, contentType }) => timestamp === first?.timestamp && contentType === first.contentType
  )
  const byWidth = new Map(sameFrame.toReversed().map(({ width, url }) => [width, url]))
  return [...byWidth]
    .reverse()
    .map(([width, url]) => `${url} ${width}w`)
    .join(', ')
}
