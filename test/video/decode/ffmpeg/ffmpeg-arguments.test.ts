import t from 'tap'
import {
  buildCutArguments,
  buildDecodeArguments,
  buildInspectArguments,
  buildListArguments
} from '../../../../src/video/decode/ffmpeg/ffmpeg-arguments.ts'
import { PACKING_FILTERS } from '../../../../src/video/decode/packet-list.ts'
import type { DecoderInput } from '../../../../src/video/decode/decode-plan.ts'

const input: DecoderInput = {
  path: '/scratch/a b',
  container: { demuxer: 'mov' },
  isProbed: true,
  threads: 2,
  maxPixels: 36e6,
  bytes: 1000
}
const INPUT =
  '-protocol_whitelist file,pipe -threads 2 -max_pixels 36000000 -flags +unaligned -f mov -i file:/scratch/a b'

t.test('lists packets of all tracks and of the chosen one', async (t) => {
  t.equal(
    buildListArguments(input, { audio: 'all' }).join(' '),
    `-nostdin -nostats -loglevel info -copyts ${INPUT} ` +
      '-map 0:V? -map 0:a? -c copy -copyinkf -copypriorss 1 -f framecrc pipe:1 -an -sn -dn -c copy -copyinkf ' +
        '-copypriorss 1 -f framecrc pipe:3'
  )
  t.notMatch(buildListArguments(input, { audio: 'none' }).join(' '), '0:a?')
})

t.test('hides times from the muxer, and lists only usable audio, on request', async (t) => {
  const packed = buildListArguments(input, { audio: 'usable', packing: 'presentation' }).join(' ')
  t.match(packed, '-map 0:a:u? -c copy')
  t.equal(packed.split(`-bsf ${PACKING_FILTERS.presentation} -max_interleave_delta 1 -f framecrc pipe:`).length, 3)
})

t.test('keeps ffmpeg from shifting the times of transport streams', async (t) => {
  const stream = { ...input, container: { demuxer: 'mpegts' } }
  t.match(buildInspectArguments(stream, 'abc').join(' '), '-itsoffset 0.000001 -f mpegts')
  t.notMatch(buildInspectArguments(input, 'abc').join(' '), 'itsoffset')
})

t.test('inspects the first frame, or all', async (t) => {
  const head = `-nostdin -nostats -loglevel info -copyts -noautorotate ${INPUT} -an -sn -dn`
  t.equal(
    buildInspectArguments(input, 'abc', 1).join(' '),
    `${head} -frames:v 1 -vf showinfo@abc=checksum=0 -fps_mode passthrough -f null -`
  )
  t.equal(
    buildInspectArguments(input, 'abc').join(' '),
    `${head} -vf showinfo@abc=checksum=0 -fps_mode passthrough -f null -`
  )
})

t.test('decodes the frames with exactly the requested times', async (t) => {
  const plan = { seekSeconds: 1.5, keyFramesOnly: true, branches: [{ pts: [-7, 12], filters: 'format=rgb24' }] }
  t.equal(
    buildDecodeArguments(input, plan, ['abc']).join(' '),
    `-nostdin -nostats -loglevel info -copyts -skip_frame nokey -noaccurate_seek -seek_timestamp 1 -ss 1.500000 ${INPUT} ` +
      '-an -sn -dn -frames:v 2 -noautoscale -vf ' +
        "select='eq(pts,-7)+eq(pts,12)',showinfo@abc=checksum=0,format=rgb24 -fps_mode passthrough -c:v pam -f " +
        'image2pipe pipe:1'
  )
})

t.test('rotates by the given display matrix alone', async (t) => {
  const plan = { seekSeconds: undefined, keyFramesOnly: false, branches: [{ pts: [0], filters: 'format=rgb24' }] }
  const args = buildDecodeArguments({ ...input, matrix: [0, 65536, 0, -65536, 0, 0, 0, 0, 2 ** 30] }, plan, ['abc'])
  t.ok(args.indexOf('-noautorotate') < args.indexOf('-i') && args.includes('-noautorotate'))
  t.ok(args.includes("select='eq(pts,0)',transpose=clock,showinfo@abc=checksum=0,format=rgb24"))
})

t.test('decodes once for several branches', async (t) => {
  const plan = {
    seekSeconds: undefined,
    keyFramesOnly: false,
    branches: [
      { pts: [1], filters: 'scale=2:2' },
      { pts: [1, 2], filters: 'scale=4:4' }
    ]
  }
  const [head = '', ...outputs] = buildDecodeArguments(input, plan, ['abc', 'def']).join(' ').split(' -an -sn -dn ')
  t.equal(head.split(' -i ').length, 2, 'one input')
  t.same(outputs, [
    "-frames:v 1 -noautoscale -vf select='eq(pts,1)',showinfo@abc=checksum=0,scale=2:2 -fps_mode passthrough " +
      '-c:v pam -f image2pipe pipe:1',
    "-frames:v 2 -noautoscale -vf select='eq(pts,1)+eq(pts,2)',showinfo@def=checksum=0,scale=4:4 -fps_mode " +
      'passthrough -c:v pam -f image2pipe pipe:3'
  ])
})

t.test('cuts packets from a key frame on', async (t) => {
  t.equal(
    buildCutArguments(input, { seekSeconds: 1.5, packetCount: 7 }, '/scratch/packets.nut').join(' '),
    `-nostdin -nostats -loglevel info -copyts -noaccurate_seek -seek_timestamp 1 -ss 1.500000 ${INPUT} -an -sn -dn -c copy -copypriorss 1 -frames:v 7 -f nut -y file:/scratch/packets.nut`
  )
  t.notMatch(
    buildCutArguments(input, { seekSeconds: undefined, packetCount: 7 }, '/scratch/packets.nut').join(' '),
    '-ss'
  )
})

t.test('does not probe a remuxed segment', async (t) => {
  t.equal(
    buildInspectArguments({ ...input, isProbed: false }, 'abc').join(' '),
    buildInspectArguments(input, 'abc').join(' ').replace(' -f mov', ' -nofind_stream_info -f mov')
  )
})

t.test('uses the named decoder', async (t) => {
  t.match(buildInspectArguments({ ...input, decoderName: 'libvpx-vp9' }, 'abc').join(' '), / -c:v libvpx-vp9 -f mov -i /)
})

t.test('does not seek without a position', async (t) => {
  const plan = { seekSeconds: undefined, keyFramesOnly: false, branches: [{ pts: [0], filters: 'format=rgb24' }] }
  t.notMatch(buildDecodeArguments(input, plan, ['abc']).join(' '), /-ss|-skip_frame/)
})
