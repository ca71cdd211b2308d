import type { StoryboardManifest } from '../storyboard.ts'

/**
 * Returns the WebVTT of a storyboard. Each cue names a part of a sheet by a media fragment (`#xywh`, Media Fragments
 * URI 1.0), the form that players support. A cue begins at the timestamp of its tile, and the first one at 0.
 *
 * @param urls URLs of the sheets
 */
export function writeVtt (
  { tiles, duration }: Pick<StoryboardManifest, 'tiles' | 'duration'>,
  urls: readonly string[]
): string {
  const cues = tiles.map(({ timestamp, sheet, x, y, width, height }, place) => {
    const start = place === 0 ? 0 : timestamp
    const end = tiles[place + 1]?.timestamp ?? Math.max(duration ?? 0, start + 1)
    return `${formatClock(start)} --> ${formatClock(end)}\n${urls[sheet] ?? ''}#xywh=${x},${y},${width},${height}\n`
  })
  return ['WEBVTT\n', ...cues].join('\n')
}

/** Formats hours, minutes, seconds and milliseconds (WebVTT, section 4.1). */
function formatClock (seconds: number): string {
  const millis = Math.round(seconds * 1000)
  const parts = [Math.floor(millis / 3_600_000), Math.floor(millis / 60_000) % 60, Math.floor(millis / 1000) % 60]
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.${String(millis % 1000).padStart(3, '0')}`
}
