/**
 * The HCL language: scanner, parser, formatter, JSON syntax, values and types, evaluator, decoding of bodies. Does no I/O and knows nothing
 * of templates. Start reading at ast.ts for the syntax and at value.ts for the meaning.
 */

// Syntax.
export { parseHcl } from "./parse-hcl.js";
export { parseExpressionFile, parseExpressionText } from "./parse-expression-text.js";
export { parseTemplateFile } from "./parse-template-file.js";
export { parseTraversalText } from "./parse-traversal-text.js";
export { type SourceText } from "./parse-with.js";
export { parseHclJson, parseJsonExpression } from "./json-parse.js";
export { scanFile, type ScanMode } from "./scan.js";
export { isInvalidKind, TokenKind } from "./token-kind.js";
export { TokenList, type Token } from "./token-list.js";
export { SourceFile, type SourceOrigin } from "./source-file.js";
export { formatHcl } from "./format.js";
export { formatTokens } from "./format-tokens.js";
export { describeContext } from "./describe-context.js";
export { describeVariables } from "./describe-variables.js";
export type {
  AttributeNode,
  AttributeStep,
  BinaryExpression,
  BinaryOperator,
  BlockNode,
  BodyNode,
  BoolExpression,
  CallExpression,
  ConditionalExpression,
  ErrorExpression,
  Expression,
  ForExpression,
  IndexExpression,
  IndexStep,
  JsonStringExpression,
  LabelNode,
  NullExpression,
  NumberExpression,
  ObjectExpression,
  ObjectItem,
  ParenthesesExpression,
  RelativeTraversalExpression,
  Span,
  SplatExpression,
  SplatItemExpression,
  TemplateExpression,
  TemplateFor,
  TemplateIf,
  TemplateInterpolation,
  TemplatePart,
  TemplateText,
  TemplateWrapExpression,
  TraversalExpression,
  TraversalStep,
  TupleExpression,
  UnaryExpression,
} from "./ast.js";
export type {
  Body,
  BodyAttribute,
  BodyBlock,
  BodyContent,
  ContentAttribute,
  ContentBlock,
  ContentSchema,
  PartialBodyContent,
} from "./body.js";

// Types and values.
export {
  boolType,
  dynamicType,
  friendlyConstraintName,
  friendlyTypeName,
  hasDynamic,
  isCollectionType,
  isPrimitiveType,
  listType,
  mapType,
  numberType,
  objectType,
  setType,
  stringType,
  tupleType,
  typesEqual,
  typeText,
  withoutOptional,
  type CollectionType,
  type ObjectType,
  type TupleType,
  type Type,
} from "./type.js";
export {
  attributesOf,
  bigNumberValue,
  boolOf,
  boolValue,
  childrenOf,
  elementsOf,
  entriesOf,
  falseValue,
  hasMark,
  isKnown,
  isNull,
  isWhollyKnown,
  listValue,
  makeValue,
  mapChildren,
  mapValue,
  marksOf,
  nullValue,
  numberOf,
  numberValue,
  objectValue,
  SENSITIVE,
  setValue,
  stringOf,
  stringValue,
  trueValue,
  tupleValue,
  typeOf,
  UNKNOWN,
  unknownValue,
  unmark,
  unmarkDeep,
  withMark,
  withMarks,
  type Entries,
  type Mark,
  type RawValue,
  type Value,
} from "./value.js";
export { equals, valuesEqual } from "./equality.js";
export { canonicalText } from "./set-order.js";
export { fromJs, numberValueText, toJs, type JsValue } from "./js-value.js";
export { compareBytes } from "./compare-bytes.js";
export {
  isInteger,
  numberFromBigInt,
  numberFromJs,
  numberText,
  parseNumber,
  toBigInt,
  toJsNumber,
  type BigNumber,
} from "./big-number.js";
export {
  addNumbers,
  compareNumbers,
  divideNumbers,
  moduloNumbers,
  multiplyNumbers,
  negateNumber,
  numbersEqual,
  subtractNumbers,
  truncateNumber,
} from "./big-number-math.js";
export { convert, ConversionError, tryConvert, unifyValues } from "./convert.js";
export { canConvert, unifyTypes, type ConversionMode } from "./unify.js";
export {
  convertToConstraint,
  decodeTypeConstraint,
  type TypeConstraint,
  type TypeConstraintOptions,
} from "./type-constraint.js";
export { applyDefaults, type TypeDefaults } from "./type-defaults.js";

// Evaluation and functions.
export { evaluate } from "./evaluate.js";
export { resolveReference } from "./evaluate-traversal.js";
export { iterationPairs } from "./evaluate-for.js";
export { callFunction, returnTypeOf } from "./function-call.js";
export { suggestionSentence, suggestName } from "./suggest-name.js";
export {
  evaluateAttribute,
  evaluateAttributeAs,
  variablesOfAttribute,
  type MismatchWording,
} from "./evaluate-attribute.js";
export { variablesOf, variablesOfBodyNode, type VariableReference } from "./variables-of.js";
export { childContext, EvaluationBudget, type EvaluationContext } from "./evaluation-context.js";
export {
  FunctionError,
  type AnyFunction,
  type CallArgument,
  type CallScene,
  type ExpressionFunctionSpec,
  type FunctionParam,
  type FunctionSpec,
  type FunctionTable,
} from "./function-spec.js";

// Bodies against a schema.
export { contentSchemaOf, decodeBody, typeOfBody } from "./decode-body.js";
export { variablesOfBody } from "./variables-of-body.js";
export { nativeBody } from "./native-body.js";
export { expandDynamic } from "./dynamic-body.js";
export { rangeOfPath } from "./range-of-path.js";
export { type AttributeSchema, type BodySchema, type NestedBlockSchema } from "./body-schema.js";
