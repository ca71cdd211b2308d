import { NotPlainError } from '../video-index.ts'
import { type Box, type Window, readBody } from './box.ts'

const CONFIGURATIONS = new Set(['dvcC', 'dvvC', 'dvwC'])
/** One layer that stands for itself (Dolby Vision Streams Within the ISO Base Media File Format, section 2.2 and annex A). */
const PLAIN_PROFILE = 8

/**
 * Lets Dolby Vision pass only where its base layer is an ordinary picture: profile 8 with a cross-compatibility, in an
 * ordinary HEVC sample entry. Others come out green and purple, or need a second layer.
 *
 * @param children the boxes of the sample entry
 * @throws NotPlainError for all others
 */
export function checkDolbyVision (window: Window, children: readonly Box[], sampleEntry: string): void {
  for (const box of children) {
    if (!CONFIGURATIONS.has(box.type)) continue
    const body = readBody(window, box, 5)
    const profile = body.readUInt8(2) >> 1
    const compatibility = body.readUInt8(4) >> 4
    const isPlain = profile === PLAIN_PROFILE && compatibility > 0 && (sampleEntry === 'hvc1' || sampleEntry === 'hev1')
    if (!isPlain) throw new NotPlainError(`Dolby Vision profile ${profile}.${compatibility} is not plain`)
  }
}
