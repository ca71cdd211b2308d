import t from 'tap'
import { SideDataReader } from '../../../../src/video/decode/ffmpeg/side-data.ts'

const print = (degrees: string, chosen: number) => `Input #0, mov, from 'file:x':
  Metadata:
    title           : Stream #0:0 -> #0:0
                    : displaymatrix: rotation of 13.00 degrees
  Stream #0:0[0x1](und): Video: mjpeg, 10x10
      displaymatrix: rotation of -180.00 degrees
  Stream #0:1[0x2](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 568x320
    Metadata:
      handler_name    : Core Media Video
    Side data:
      displaymatrix: rotation of ${degrees} degrees
      DOVI configuration record: version: 1.0, profile: 5, level: 6, rpu flag: 1, el flag: 0, bl flag: 1, compatibility id: 0
Stream mapping:
  Stream #0:${chosen} -> #0:0 (h264 (native) -> wrapped_avframe (native))
Output #0, null, to 'pipe:':
  Stream #0:0(und): Video: wrapped_avframe
      displaymatrix: rotation of 45.00 degrees`

t.test('reads the clockwise rotation of the chosen track only', async (t) => {
  const cases: Array<[string, number, number]> = [
    ['-90.00', 1, 90],
    ['90.00', 1, 270],
    ['-180.00', 1, 180],
    ['180.00', 1, 180],
    ['0.00', 1, 0],
    ['-8.00', 1, 0],
    ['-90.00', 2, 0],
    ['-90.00', 0, 180]
  ]
  for (const [degrees, chosen, rotation] of cases) {
    const reader = new SideDataReader()
    for (const line of print(degrees, chosen).split('\n')) reader.take(line)
    t.equal(reader.sideData.rotation, rotation, `${degrees} of track ${chosen}`)
  }
})

t.test('reads the Dolby Vision configuration of the chosen track only', async (t) => {
  for (const [chosen, dolbyVision] of [
    [1, { profile: 5, compatibility: 0 }],
    [0, undefined]
  ] as const) {
    const reader = new SideDataReader()
    for (const line of print('0.00', chosen).split('\n')) reader.take(line)
    t.same(reader.sideData.dolbyVision, dolbyVision)
  }
})
