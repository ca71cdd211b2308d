import { readFile, writeFile } from 'node:fs/promises'
import { type EditPlan, fullBox, box, u32 } from './mp4-builder.ts'

/** Reads the media time of the first edit of an MP4 with a single track. */
export async function readFirstEdit (path: string): Promise<number> {
  const file = await readFile(path)
  return file.readInt32BE(file.indexOf('elst', 0, 'latin1') + 16)
}

/**
 * Replaces the edit list of an MP4 with a single track, whose movie box is at its end, and the durations that follow
 * from it; times are those of `EditPlan`, with the movie's own clock.
 */
export async function replaceEdits (path: string, edits: readonly EditPlan[]): Promise<void> {
  const file = await readFile(path)
  const at = (type: string): number => file.indexOf(type, 0, 'latin1') - 4
  const [moov, trak, edts] = [at('moov'), at('trak'), at('edts')]
  const edtsBytes = file.readUInt32BE(edts)
  const entries = edits.map(({ duration, mediaTime, rate = 0x10000 }) => u32(duration, mediaTime, rate))
  const replacement = box('edts', fullBox('elst', [u32(edits.length), ...entries]))
  for (const start of [moov, trak]) {
    file.writeUInt32BE(file.readUInt32BE(start) + replacement.length - edtsBytes, start)
  }
  const ticks = edits.reduce((sum, { duration }) => sum + duration, 0)
  file.writeUInt32BE(ticks, at('mvhd') + 24)
  file.writeUInt32BE(ticks, at('tkhd') + 28)
  await writeFile(path, Buffer.concat([file.subarray(0, edts), replacement, file.subarray(edts + edtsBytes)]))
}
