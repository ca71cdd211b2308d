import { PosterframeError } from '../../errors.ts'

/** Profile of a Dolby Vision track (Dolby Vision Streams Within the ISO Base Media File Format, section 2.2). */
export interface DolbyVision {
  readonly profile: number
  /** Format of the base layer when it is shown alone; 0 if no other decoder can show it. */
  readonly compatibility: number
}

/** Profiles whose base layer always is an ordinary picture, though early files state compatibility 0. */
const COMPATIBLE_PROFILES = new Set([2, 3, 4, 6, 7])

/**
 * Reads a Dolby Vision configuration record (section 3.2), the payload of dvcC, dvvC and dvwC. Returns undefined if it
 * is truncated.
 */
export function parseDolbyVision (record: Buffer): DolbyVision | undefined {
  if (record.length < 5) return undefined
  return { profile: record.readUInt8(2) >> 1, compatibility: record.readUInt8(4) >> 4 }
}

/**
 * Checks that the base layer of a track can be shown without a Dolby Vision decoder. That of profile 5, and of others
 * without a cross-compatibility, would come out green and purple.
 *
 * @throws PosterframeError `unsupported_codec`
 */
export function assertCompatibleDolbyVision ({ profile, compatibility }: DolbyVision): void {
  if (COMPATIBLE_PROFILES.has(profile) || (profile !== 5 && compatibility > 0)) return
  throw new PosterframeError('unsupported_codec', {
    detail:
      `The video is in Dolby Vision profile ${profile}, whose colours only a Dolby Vision decoder can show. ` +
      'Export it as HDR10, HLG or SDR.'
  })
}
