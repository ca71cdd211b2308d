import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

export interface SourceImport {
  /** The specifier. A relative one is resolved against `src/`, such as `http/app.ts`. */
  readonly target: string
  readonly isRelative: boolean
  readonly isTypeOnly: boolean
}

/** Properties of one file that the layout rules check. */
export interface SourceFile {
  /** Relative to `src/`. */
  readonly path: string
  readonly lines: number
  readonly imports: readonly SourceImport[]
  /** Names of the called functions and constructed classes. */
  readonly calls: ReadonlySet<string>
  readonly readsEnvironment: boolean
  readonly hasDefaultExport: boolean
  readonly reexports: boolean
  /** Exports without a docblock of their own. */
  readonly undocumented: readonly string[]
}

/** Reads every TypeScript file under `directory`, except generated declarations. */
export function readSources (directory: string): SourceFile[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => inspectSource(path, readFileSync(join(directory, path), 'utf8')))
}

/** Parses the text of one file and returns its properties. */
export function inspectSource (path: string, text: string): SourceFile {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: SourceImport[] = []
  const calls = new Set<string>()
  let readsEnvironment = false

  const addImport = (specifier: ts.Node | undefined, isTypeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const isRelative = specifier.text.startsWith('.')
    const target = isRelative ? new URL(specifier.text, `file:///${path}`).pathname.slice(1) : specifier.text
    imports.push({ target, isRelative, isTypeOnly })
  }

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      addImport(node.moduleSpecifier, isTypeOnlyImport(node))
      readsEnvironment ||= importsEnvironment(node)
    } else if (ts.isExportDeclaration(node)) {
      addImport(node.moduleSpecifier, node.isTypeOnly)
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      addImport(node.argument.literal, true)
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const name = node.expression.getText(file)
      calls.add(name)
      if (
        node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        /^(require(\.resolve)?|module\.require|import\.meta\.resolve)$/.test(name)
      ) {
        addImport(node.arguments?.[0], false)
      }
    } else if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      readsEnvironment ||= /^(globalThis\??\.)?process\??(\.|\[['"])env\b/.test(node.getText(file))
    } else if (
      ts.isVariableDeclaration(node) &&
      ts.isObjectBindingPattern(node.name) &&
      node.initializer?.getText(file) === 'process'
    ) {
      readsEnvironment ||= node.name.elements.some(
        (element) => (element.propertyName ?? element.name).getText(file) === 'env'
      )
    }
    ts.forEachChild(node, visit)
  }
  visit(file)

  return {
    path,
    lines: text.replace(/\n$/, '').split('\n').length,
    imports,
    calls,
    readsEnvironment,
    hasDefaultExport: file.statements.some(
      (statement) => ts.isExportAssignment(statement) || hasModifier(statement, ts.SyntaxKind.DefaultKeyword)
    ),
    reexports: file.statements.some(
      (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined
    ),
    undocumented: file.statements
      .filter((statement) => hasModifier(statement, ts.SyntaxKind.ExportKeyword))
      .flatMap((statement) =>
        ts.getJSDocCommentsAndTags(statement).some((doc) => ts.isJSDoc(doc) && doc.comment !== undefined)
          ? []
          : declaredNames(statement, file)
      )
  }
}

function isTypeOnlyImport ({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const { name, namedBindings } = importClause
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  )
}

function importsEnvironment ({ moduleSpecifier, importClause }: ts.ImportDeclaration): boolean {
  const bindings = importClause?.namedBindings
  if (
    !/^(node:)?process$/.test((moduleSpecifier as ts.StringLiteral).text) ||
    bindings === undefined ||
    !ts.isNamedImports(bindings)
  ) {
    return false
  }
  return bindings.elements.some((element) => (element.propertyName ?? element.name).text === 'env')
}

function hasModifier (statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === kind)
}

function declaredNames (statement: ts.Statement, file: ts.SourceFile): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText(file))
  }
  return [(statement as unknown as { name?: ts.Node }).name?.getText(file) ?? 'default']
}
