/** Microseconds of the frames of an Opus packet by the configuration in its first byte (RFC 6716, table 2). */
const FRAME_MICROS = [
  ...[10_000, 20_000, 40_000, 60_000, 10_000, 20_000, 40_000, 60_000, 10_000, 20_000, 40_000, 60_000],
  ...[10_000, 20_000, 10_000, 20_000],
  ...[2500, 5000, 10_000, 20_000, 2500, 5000, 10_000, 20_000, 2500, 5000, 10_000, 20_000, 2500, 5000, 10_000, 20_000]
]
/** An Opus packet lasts 120 ms at most. */
const MAX_FRAMES = 48

/** Returns how long an Opus packet sounds, in microseconds; 0 if it is malformed. */
export function countOpusMicros (packet: Buffer): number {
  const [first = 0, second = 0] = packet
  const code = first & 3
  const frames = packet.length === 0 ? 0 : code === 0 ? 1 : code < 3 ? 2 : Math.min(MAX_FRAMES, second & 63)
  return frames * FRAME_MICROS[first >> 3]!
}
