import { parseDolbyVision, assertCompatibleDolbyVision } from '../../media/dolby-vision.ts'
import { type Box, type Window, readBody } from './box.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const CONFIGURATIONS = new Set(['dvcC', 'dvvC', 'dvwC'])
/** Single-layer profiles (Dolby Vision Streams Within the ISO Base Media File Format, section 2.2 and annex A). */
const PLAIN_PROFILE = 8

/**
 * Throws unless the base layer of Dolby Vision is an ordinary picture: profile 8 with cross-compatibility, in an
 * ordinary HEVC sample entry.
 *
 * @param children boxes of the sample entry
 * @throws PosterframeError `unsupported_codec` if the base layer is not a picture; RangedExtractionError otherwise
 */
export function checkDolbyVision (window: Window, children: readonly Box[], sampleEntry: string): void {
  for (const box of children) {
    if (!CONFIGURATIONS.has(box.type)) continue
    const configuration = parseDolbyVision(readBody(window, box, 5))
    if (configuration === undefined) throw new RangedExtractionError('the Dolby Vision configuration is cut short')
    assertCompatibleDolbyVision(configuration)
    const isPlain = configuration.profile === PLAIN_PROFILE && (sampleEntry === 'hvc1' || sampleEntry === 'hev1')
    if (!isPlain) throw new RangedExtractionError(`Dolby Vision profile ${configuration.profile} is not supported`)
  }
}
