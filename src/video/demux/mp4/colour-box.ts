import { type Box, type Window, readBody } from './box.ts'
import type { ColourTag } from '../../media/track.ts'

/**
 * Reads the last `colr` box of a sample entry with coded colour (ISO/IEC 14496-12, section 12.1.5): `nclx`, or
 * QuickTime's `nclc`, which has no range flag. An ICC profile is not coded colour.
 */
export function readColour (window: Window, children: readonly Box[]): ColourTag | undefined {
  let colour: ColourTag | undefined
  for (const box of children) {
    if (box.type !== 'colr') continue
    const body = readBody(window, box, 4)
    const kind = body.toString('latin1', 0, 4)
    if ((kind !== 'nclx' && kind !== 'nclc') || body.length < 10) continue
    colour = {
      primaries: body.readUInt16BE(4),
      transfer: body.readUInt16BE(6),
      matrix: body.readUInt16BE(8),
      isFullRange: kind === 'nclx' && body.length > 10 && body.readUInt8(10) >= 0x80
    }
  }
  return colour
}
