import t from 'tap'
import { findEditedEnd } from '../../../../src/video/demux/mp4/presented-end.ts'
import type { Edit } from '../../../../src/video/demux/mp4/edit-list.ts'
import type { Movie } from '../../../../src/video/demux/mp4/movie.ts'

const edit = (durationTicks: number, mediaTicks = 0): Edit => ({ durationTicks, mediaTicks, rate: 0x10000 })
const movie = (
  tracks: ReadonlyArray<{ handler: string, edits: readonly Edit[] }>,
  changes: Partial<Movie> = {}
): Movie => ({ timescale: 600, durationTicks: 0, tracks, extension: undefined, ...changes }) as unknown as Movie

t.test('ends with the last edit of a video or audio track', async (t) => {
  const video = { handler: 'vide', edits: [edit(60, -1), edit(600)] }
  t.equal(
    findEditedEnd(movie([video, { handler: 'soun', edits: [edit(300)] }, { handler: 'text', edits: [edit(6000)] }])),
    1_100_000
  )
  t.equal(
    findEditedEnd(movie([video, { handler: 'soun', edits: [edit(1)] }], { timescale: 7 })),
    Math.ceil(660e6 / 7),
    'rounded up'
  )
})

t.test('has no end if a track is not cut', async (t) => {
  const video = { handler: 'vide', edits: [edit(600)] }
  t.equal(findEditedEnd(movie([video, { handler: 'soun', edits: [] }])), Infinity, 'a track without edits')
  t.equal(findEditedEnd(movie([{ handler: 'vide', edits: [edit(0)] }])), Infinity, 'an edit without a duration')
  t.equal(findEditedEnd(movie([video], { timescale: 0 })), Infinity, 'a movie without a timescale')
  t.equal(findEditedEnd(movie([video], { extension: {} as Movie['extension'] })), Infinity, 'fragments')
  t.equal(findEditedEnd(movie([])), Infinity, 'no tracks')
})
