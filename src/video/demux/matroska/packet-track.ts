import { toLengthPrefixed } from '../../bitstream/annex-b.ts'
import { splitLace } from './block.ts'
import { type ContentEncoding, decodeFrame } from './content-encoding.ts'
import type { ElementReader } from './element-reader.ts'
import type { Block } from './walk-blocks.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { TrackInfo } from '../../media/track.ts'

/** The video track, as far as its packets need it. */
export interface PacketTrack extends Pick<TrackInfo, 'codec' | 'codecConfig'> {
  readonly number: number
  readonly encoding: ContentEncoding | undefined
  /** True if its packets are H.264 byte streams, with the parameter sets in them. */
  readonly isAnnexB: boolean
  /** The first block of the track in the file. */
  readonly first: Pick<Block, 'ticks' | 'start'>
}

/**
 * Reads the packet of a block.
 *
 * @throws RangedExtractionError if it is empty or damaged, is one of several in a lace, or has an alpha channel;
 * errors of `ElementReader`
 */
export async function readPacket (
  elements: ElementReader,
  { encoding, isAnnexB }: Pick<PacketTrack, 'encoding' | 'isAnnexB'>,
  { start, end, lacing, hasAdditions }: Block
): Promise<Buffer> {
  if (hasAdditions) throw new RangedExtractionError('an alpha channel, or other data, comes with the picture')
  const [frame, ...others] = splitLace(await elements.read(start, end), lacing)
  if (frame === undefined || others.length > 0) throw new RangedExtractionError('a frame has no time of its own')
  const data = await decodeFrame(encoding, frame)
  if (data.length === 0) throw new RangedExtractionError('a packet is empty')
  return isAnnexB ? toLengthPrefixed(data) : data
}
