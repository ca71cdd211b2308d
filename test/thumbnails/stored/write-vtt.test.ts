import t from 'tap'
import { writeVtt } from '../../../src/thumbnails/stored/write-vtt.ts'

const tile = (timestamp: number, sheet: number, x: number) => ({ timestamp, sheet, x, y: 0, width: 160, height: 90 })

t.test('writes a cue for each tile, the first from the start and the last to the end', async (t) => {
  t.equal(
    writeVtt({ tiles: [tile(0.04, 0, 0), tile(5.005, 0, 160), tile(3723.4567, 1, 0)], duration: 7200 }, [
      'sheet-1.jpg',
      'https://a/2?b=c'
    ]),
    `WEBVTT

00:00:00.000 --> 00:00:05.005
sheet-1.jpg#xywh=0,0,160,90

00:00:05.005 --> 01:02:03.457
sheet-1.jpg#xywh=160,0,160,90

01:02:03.457 --> 02:00:00.000
https://a/2?b=c#xywh=0,0,160,90
`
  )
})

t.test('ends the last cue after a second if the duration is unknown', async (t) => {
  t.match(writeVtt({ tiles: [tile(0, 0, 0)], duration: null }, ['a']), '00:00:00.000 --> 00:00:01.000')
})
