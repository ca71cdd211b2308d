import { PosterframeError } from '../../errors.ts'

/** How a Dolby Vision track is made (Dolby Vision Streams Within the ISO Base Media File Format, section 2.2). */
export interface DolbyVision {
  readonly profile: number
  /** What its base layer is when it is shown alone; 0: nothing that other decoders know. */
  readonly compatibility: number
}

/** Profiles whose base layer always is an ordinary picture, though early files say compatibility 0. */
const PLAIN_PROFILES = new Set([2, 3, 4, 6, 7])

/**
 * Reads a Dolby Vision configuration record (section 3.2), which is the payload of dvcC, dvvC and dvwC; undefined
 * where it is cut short.
 */
export function parseDolbyVision (record: Buffer): DolbyVision | undefined {
  if (record.length < 5) return undefined
  return { profile: record.readUInt8(2) >> 1, compatibility: record.readUInt8(4) >> 4 }
}

/**
 * Refuses a track whose base layer, shown without what Dolby's decoder adds, comes out green and purple: profile 5,
 * and the others that are compatible with nothing.
 *
 * @throws PosterframeError `unsupported_codec`
 */
export function assertCompatibleDolbyVision ({ profile, compatibility }: DolbyVision): void {
  if (PLAIN_PROFILES.has(profile) || (profile !== 5 && compatibility > 0)) return
  throw new PosterframeError('unsupported_codec', {
    detail: `The video is in Dolby Vision profile ${profile}, whose colours only a Dolby Vision decoder can show.`
  })
}
