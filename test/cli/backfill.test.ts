import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type CommandEnd, runCommandLine, startCommand } from '../support/command-line.ts'
import { H264, makeBarcodeVideo } from '../support/videos.ts'

const video = await makeBarcodeVideo(t.testdir(), 'film.mp4', {
  seconds: 1,
  framesPerSecond: 24,
  args: [...H264, '-movflags', '+faststart']
})
const WILD = 'films/a+b %2B, ü.mp4'

/** Creates a local store with `count` videos and some other objects. Returns its directory. */
async function prepare (t: Test, count: number): Promise<string> {
  const cwd = t.testdir({
    data: { videos: { films: {}, 'bad.mp4': 'this is not a video', 'note.txt': 'nor is this', 'empty.mp4': '' } }
  })
  await copyFile(video, join(cwd, 'data/videos', WILD))
  for (let number = 1; number < count; number++) await copyFile(video, join(cwd, `data/videos/films/${number}.mp4`))
  return cwd
}

const readResult = ({ stdout }: CommandEnd) =>
  JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
const readLines = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** Returns each picture in the store with its inode and modification time, which change when it is written again. */
async function listPictures (cwd: string): Promise<Map<string, string>> {
  const names = await readdir(join(cwd, 'data/thumbnails'), { recursive: true }).catch(() => [])
  const pictures = names.filter((name) => /\.(jpg|webp)$/.test(name))
  return new Map(
    await Promise.all(
      pictures.sort().map(async (name) => {
        const { ino, mtimeNs } = await stat(join(cwd, 'data/thumbnails', name), { bigint: true })
        return [name, `${ino} ${mtimeNs}`] as const
      })
    )
  )
}

t.test('generates missing thumbnails, skips other files, and reports failures by code', async (t) => {
  const cwd = await prepare(t, 4)
  const end = await runCommandLine(['backfill', 's3://videos/', '--width', '64', '--report', 'failures'], { cwd })
  t.equal(end.exitCode, 2)
  t.match(readResult(end), {
    settled: 5,
    made: 4,
    failed: 1,
    failuresByCode: { unsupported_media: 1 },
    skipped: { type: 1, empty: 1, output: 0 }
  })
  t.match(end.stderr, /^unsupported_media: s3:\/\/videos\/bad\.mp4: .*$/m)
  t.match(await readLines(join(cwd, 'failures')), [
    { bucket: 'videos', key: 'bad.mp4', code: 'unsupported_media', retryable: false, attempts: 1 }
  ])
  const pictures = await listPictures(cwd)
  t.equal(pictures.size, 4)
  const again = await runCommandLine(['backfill', 's3://videos/films/', '--width', '64'], { cwd })
  t.match([again.exitCode, readResult(again)], [0, { made: 0, found: 4, failed: 0 }])
  t.same(await listPictures(cwd), pictures, 'stored thumbnails are found')
})

t.test('generates several thumbnails of each source in a list file', async (t) => {
  const cwd = await prepare(t, 3)
  await writeFile(
    join(cwd, 'urls'),
    `s3://videos/${WILD}\ns3://videos/films/1.mp4\ns3://videos/films/nothing.mp4\ns3://others/a.mp4\n`
  )
  await writeFile(join(cwd, 'keys.csv'), `videos,${encodeURIComponent('films/2.mp4')}\n`)
  const thumbnails = [
    '--thumbnails',
    'poster=timestamp=first&width=64',
    '--thumbnails',
    'small=timestamp=50%25&width=32&format=webp'
  ]
  const end = await runCommandLine(['backfill', '--manifest', 'urls', ...thumbnails, '--report', 'failures'], { cwd })
  t.match(
    [end.exitCode, readResult(end)],
    [2, { made: 2, failed: 2, thumbnails: { made: 4 }, failuresByCode: { source_not_found: 1, forbidden_bucket: 1 } }]
  )
  t.same((await readLines(join(cwd, 'failures'))).map(({ key, name, code }) => [key, name, code].join(' ')).sort(), [
    'a.mp4 poster forbidden_bucket',
    'a.mp4 small forbidden_bucket',
    'films/nothing.mp4 poster source_not_found',
    'films/nothing.mp4 small source_not_found'
  ])
  t.equal((await runCommandLine(['backfill', '--manifest', 'keys.csv', ...thumbnails], { cwd })).exitCode, 0)
  t.same(
    [...(await listPictures(cwd)).keys()].map((name) => name.replace(/\/[0-9a-f]{32}/, '')).sort(),
    [WILD, 'films/1.mp4', 'films/2.mp4'].flatMap((key) => [`thumbnails/${key}.jpg`, `thumbnails/${key}.webp`]).sort()
  )
})

t.test('a dry run prints the sources and generates nothing', async (t) => {
  const cwd = await prepare(t, 2)
  const { stdout, exitCode } = await runCommandLine(['backfill', 's3://videos', '--dry-run'], { cwd })
  t.equal(exitCode, 0)
  const lines = stdout.trim().split('\n')
  t.same(lines.slice(0, -1).sort(), ['s3://videos/bad.mp4', 's3://videos/films/1.mp4', `s3://videos/${WILD}`].sort())
  t.match(JSON.parse(lines.at(-1) ?? ''), { wouldWorkOn: 3, skipped: { type: 1, empty: 1 } })
  t.equal((await listPictures(cwd)).size, 0)
})

t.test('resumes after a kill without repeating or missing a source', async (t) => {
  const cwd = await prepare(t, 30)
  const args = ['backfill', 's3://videos/films/', '--width', '64', '--journal', 'journal', '--concurrency', '3']
  const { child, end } = await startCommand(args, { cwd })
  while (
    !(await readLines(join(cwd, 'journal')).then(
      (lines) => lines.length >= 8,
      () => false
    ))
  ) {
    await new Promise(setImmediate)
  }
  child.kill('SIGKILL')
  t.equal((await end).exitCode, null)
  const before = await listPictures(cwd)
  t.ok(before.size >= 8 && before.size < 30, `${before.size}`)
  const resumed = await runCommandLine(args, { cwd })
  const result = readResult(resumed) as { made: number, found: number, doneBefore: number }
  t.equal(resumed.exitCode, 0)
  t.equal(result.made + before.size, 30, 'each thumbnail was generated once')
  t.equal(result.made + result.found + result.doneBefore, 30)
  t.ok(result.doneBefore >= 8)
  const after = await listPictures(cwd)
  t.equal(after.size, 30)
  t.same(
    [...before].filter(([name, written]) => after.get(name) !== written),
    [],
    'no stored thumbnail was written again'
  )
  const third = await runCommandLine(args, { cwd })
  t.match([third.exitCode, readResult(third)], [0, { made: 0, found: 0, doneBefore: 30 }])
})

t.test('the journal records permanent failures, which --retry-failed retries', async (t) => {
  const cwd = await prepare(t, 1)
  const args = ['backfill', 's3://videos', '--width', '64', '--journal', 'journal']
  t.equal((await runCommandLine(args, { cwd })).exitCode, 2)
  const known = await runCommandLine(args, { cwd })
  t.match([known.exitCode, readResult(known)], [2, { doneBefore: 1, failedBefore: 1, failed: 0 }])
  await copyFile(video, join(cwd, 'data/videos/bad.mp4'))
  const replaced = await runCommandLine(args, { cwd })
  t.match(
    [replaced.exitCode, readResult(replaced)],
    [0, { made: 1, doneBefore: 1 }],
    'another version of the object is another source'
  )
  t.match(readResult(await runCommandLine([...args, '--retry-failed'], { cwd })), { doneBefore: 2, failed: 0 })
})

t.test('finishes the running sources after an interruption and exits with 130', async (t) => {
  const cwd = await prepare(t, 40)
  const { child, end } = await startCommand(
    ['backfill', 's3://videos/films/', '--width', '64', '--journal', 'journal'],
    { cwd }
  )
  while (
    !(await readLines(join(cwd, 'journal')).then(
      (lines) => lines.length >= 4,
      () => false
    ))
  ) {
    await new Promise(setImmediate)
  }
  child.kill('SIGINT')
  const ended = await end
  t.equal(ended.exitCode, 130)
  t.match(ended.stderr, /^interrupted: /m)
  const { made } = readResult(ended) as { made: number }
  t.ok(made < 40)
  t.equal((await listPictures(cwd)).size, made, 'every stored thumbnail is in the result')
  t.equal((await readLines(join(cwd, 'journal'))).length, made)
})

t.test('rejects an invalid command line before it processes anything', async (t) => {
  const cwd = await prepare(t, 1)
  await mkdir(join(cwd, 'folder'))
  const cases: Array<[args: string[], stderr: RegExp]> = [
    [
      [],
      /^invalid_request: No list of sources was given\. Pass one of s3:\/\/bucket\/prefix, --manifest and --inventory\.\n$/
    ],
    [['s3://videos', '--manifest', 'x'], /^invalid_request: More than one list of sources was given\./],
    [['films/'], /^invalid_request: 'films\/' is not the URL of a bucket or prefix\. Use s3:\/\/bucket\/prefix\.\n$/],
    [
      ['s3://others/a'],
      /^forbidden_bucket: The bucket 'others' is not allowed\. Add it to POSTERFRAME_SOURCE_BUCKETS .*\.\n$/
    ],
    [
      ['s3://videos', '--thumbnails', 'p=width=64', '--width', '64'],
      /^invalid_request: --width cannot be combined with --thumbnails\./
    ],
    [
      ['s3://videos', '--thumbnails', 'p=width=64', '--thumbnails', 'p=width=65'],
      /^invalid_request: Two of the --thumbnails are named 'p'\./
    ],
    [['s3://videos', '--concurrency', '0'], /^invalid_request: .*from 1 to 1024/],
    [['s3://videos', '--extensions', 'mp4,'], /^invalid_request: --extensions 'mp4,' is invalid\./],
    [
      ['s3://videos', '--journal', 'data/videos/note.txt'],
      /^invalid_request: 'data\/videos\/note\.txt' is not a journal: line 1 /
    ],
    [['s3://videos', '--report', 'folder'], /^invalid_request: The report 'folder' cannot be written\./],
    [['--manifest', 'nothing'], /invalid_request: There is no file 'nothing'\./]
  ]
  for (const [args, stderr] of cases) {
    t.match(await runCommandLine(['backfill', ...args], { cwd }), { exitCode: 1, stderr }, args.join(' '))
  }
})
