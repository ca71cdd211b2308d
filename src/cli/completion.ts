import type { Command, Option } from 'commander'

/** Shells that a completion can be written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
/** One of {@link SHELLS}. */
export type ShellName = (typeof SHELLS)[number]

/**
 * A script that completes the commands and flags of a program; it is whole, so that nothing is run while somebody
 * types.
 */
export function writeCompletion (cli: ShellName, program: Command): string {
  return { bash: writeBash, zsh: writeZsh, fish: writeFish }[cli](program)
}

const listFlags = ({ short, long }: Option): string[] => [short, long].filter((flag) => flag !== undefined)
const takesValue = ({ required, optional }: Option): boolean => required || optional
const listChoices = ({ argChoices = [] }: Option): string => argChoices.join(' ')
const listOptions = (command: Command): readonly Option[] => command.createHelp().visibleOptions(command)
const listCommands = (program: Command): readonly Command[] => program.createHelp().visibleCommands(program)
const listValues = (command: Command): string =>
  command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices).join(' ')

function writeBash (program: Command): string {
  const name = program.name()
  const complete = (words: string) => `COMPREPLY=($(compgen -W '${words}' -- "$cur"))`
  const cases = listCommands(program).map((command) => {
    const valued = listOptions(command)
      .filter(takesValue)
      .map((option) => {
        const choices = listChoices(option)
        return `        ${listFlags(option).join('|')}) ${choices === '' ? '' : `${complete(choices)}; `}return ;;\n`
      })
    const flags = listOptions(command).flatMap(listFlags).join(' ')
    const values = listValues(command)
    return (
      `    ${command.name()})\n${valued.length === 0 ? '' : `      case $prev in\n${valued.join('')}      esac\n`}` +
      `      if [[ $cur == -* ]]; then ${complete(flags)}${values === '' ? '' : `; else ${complete(values)}`}; fi ;;\n`
    )
  })
  // Where nothing is offered the shell offers files.
  return `# bash completion of ${name}: source <(${name} completion bash)
_${name} () {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${complete([...listCommands(program).map((command) => command.name()), ...listOptions(program).flatMap(listFlags)].join(' '))}
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('')}  esac
}
complete -o default -F _${name} ${name}
`
}

function writeZsh (program: Command): string {
  const name = program.name()
  const describe = (option: Option) => {
    const note = quoteZsh(shorten(option.description))
    const value = !takesValue(option)
      ? ''
      : `:value:${listChoices(option) === '' ? '_files' : `(${listChoices(option)})`}`
    return listFlags(option).map((flag) => `      '${flag}[${note}]${value}'`)
  }
  const cases = listCommands(program).map(
    (command) =>
      `    ${command.name()}) _arguments ${[...listOptions(command).flatMap(describe), `      '*:source:${listValues(command) === '' ? '_files' : `(${listValues(command)})`}'`].join(' \\\n')} ;;\n`
  )
  return `#compdef ${name}
# zsh completion of ${name}: source <(${name} completion zsh)
_${name} () {
  if (( CURRENT == 2 )); then
    local commands=(${listCommands(program)
      .map((command) => `'${command.name()}:${quoteZsh(shorten(command.description()))}'`)
      .join(' ')})
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('')}  esac
}
compdef _${name} ${name}
`
}

function writeFish (program: Command): string {
  const name = program.name()
  const commands = listCommands(program).map(
    (command) =>
      `complete -c ${name} -n __fish_use_subcommand -f -a ${command.name()} -d ${quoteFish(shorten(command.description()))}\n`
  )
  const flags = listCommands(program).flatMap((command) => {
    const when = `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name()}'`
    const values = listValues(command)
    return [
      ...(values === '' ? [] : [`${when} -f -a '${values}'\n`]),
      ...listOptions(command).map((option) => {
        const names = `${option.short === undefined ? '' : ` -s ${option.short.slice(1)}`}${option.long === undefined ? '' : ` -l ${option.long.slice(2)}`}`
        const value = !takesValue(option) ? '' : listChoices(option) === '' ? ' -r' : ` -x -a '${listChoices(option)}'`
        return `${when}${names}${value} -d ${quoteFish(shorten(option.description))}\n`
      })
    ]
  })
  return `# fish completion of ${name}: ${name} completion fish | source\n${commands.join('')}${flags.join('')}`
}

/** The first sentence, or as much of it as a line beside a flag holds. */
function shorten (text: string): string {
  const [sentence = ''] = text.split(/[.:(]( |$)/)
  return sentence.slice(0, 70).trim()
}

function quoteZsh (text: string): string {
  return text.replace(/['[\]:\\]/g, ' ')
}

function quoteFish (text: string): string {
  return `'${text.replace(/['\\]/g, ' ')}'`
}
