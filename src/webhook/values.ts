import { parseJsonBody } from '../template/json-body';
import { startRun } from '../template/run';
import { type RenderContext, scopeOf } from '../template/scope';
import { renderTemplate } from '../template/template';
import { jsonTemplate } from './inline';

/**
 * Renders an object whose strings are templates, also those within lists and objects. A string that is exactly one tag
 * keeps the type of its value, and is left out when that is missing. Throws a RenderFault without user data.
 */
export function renderValues(
  values: Record<string, unknown>,
  context: RenderContext,
): Record<string, unknown> {
  const text = renderTemplate(jsonTemplate(values), 'json', 'The tile', scopeOf(context), startRun(context));
  return parseJsonBody(text ?? '{}');
}
