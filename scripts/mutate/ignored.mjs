// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Mutants that no test should kill, because they change what only people read: texts and fields of log events, texts of
// errors, and the cause that an error carries. What programs read (reasons, fields, names) is mutated.
import babel from '@babel/core';

const { types } = babel;
const nameOf = (node) => {
  if (types.isMemberExpression(node) || types.isOptionalMemberExpression(node)) return nameOf(node.property);
  if (types.isPrivateName(node)) return node.id.name;
  return types.isIdentifier(node) ? node.name : '';
};
const isLogCall = ({ node }) =>
  types.isCallExpression(node) &&
  types.isMemberExpression(node.callee) &&
  /^(error|warn|info|debug)$/.test(nameOf(node.callee.property)) &&
  /log$/i.test(nameOf(node.callee.object));
const isText = ({ node }) => types.isStringLiteral(node) || types.isTemplateLiteral(node);
/** The call or `new` that this expression is an argument of, through `a ? b : c`, `a + b` and `a ?? b`. */
function callAround(path) {
  let [inner, outer] = [path, path.parentPath];
  while (outer?.isConditionalExpression() || outer?.isBinaryExpression() || outer?.isLogicalExpression())
    [inner, outer] = [outer, outer.parentPath];
  if (!outer?.isNewExpression() && !outer?.isCallExpression()) return undefined;
  const position = outer.node.arguments.indexOf(inner.node);
  return position < 0 ? undefined : { callee: nameOf(outer.node.callee), position };
}
const isErrorText = (path) => {
  if (!isText(path)) return false;
  const call = callAround(path);
  if (call === undefined) return false;
  if (call.callee === 'GivcError' || call.callee === 'invalid') return call.position === 1;
  return /Error$/.test(call.callee);
};
const isCause = ({ node }) =>
  types.isObjectExpression(node) && node.properties.length === 1 && nameOf(node.properties[0].key) === 'cause';

export const ignorer = {
  shouldIgnore(path) {
    if (isLogCall(path)) return 'a log event';
    if (isErrorText(path)) return 'the text of an error';
    if (isCause(path)) return 'the cause of an error';
    return undefined;
  },
};
