import { readdirSync, readFileSync } from 'node:fs'

/** A fenced block of a page. */
export interface CodeBlock {
  /** Info string of the opening fence, such as `sh run`. */
  readonly language: string
  readonly text: string
}

const FENCED = /^( *)```(.*)\n([^]*?)^\1```$/gm

/** Returns the fenced blocks of a page. */
export function readBlocks (path: string): CodeBlock[] {
  return [...readFileSync(path, 'utf8').matchAll(FENCED)].map(([, , language = '', text = '']) => ({ language, text }))
}

/** Returns the commands of shell blocks, one a line, without their comments. */
export function listCommands (blocks: readonly CodeBlock[]): string[] {
  return blocks.flatMap(({ text }) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +#.*/, ''))
  )
}

/** Returns every page of the repository that people write, and those in `bench/`. */
export function listPages (): string[] {
  const inFolder = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`)
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...inFolder('docs'), ...inFolder('bench')]
}

/** Returns the targets of the links and pictures of a page that lead into the repository. */
export function listLinks (page: string): string[] {
  return [...page.replace(FENCED, '').matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map(([, target = '']) => target)
}

/** Returns the anchors that GitHub gives to the headings of a page. */
export function listAnchors (page: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of page.replace(FENCED, '').matchAll(/^#+ +(.+?) *$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\p{Mark} _-]/gu, '')
      .replaceAll(' ', '-')
    let anchor = slug
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`
    anchors.add(anchor)
  }
  return anchors
}
