import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';

interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  look?: 'plain' | 'primary' | 'danger' | 'quiet';
  /** A square one, whose only content is an icon: it needs `aria-label`. */
  icon?: boolean;
  /** What it began is under way: it does nothing meanwhile, and keeps the focus, which a disabled one loses. */
  isBusy?: boolean;
  className?: string;
  children: ReactNode;
}

export function Button({
  look = 'plain',
  icon = false,
  isBusy = false,
  className = '',
  ...props
}: ButtonProps) {
  const states = `${icon ? 'icon' : ''} ${isBusy ? 'busy' : ''}`;
  const idle = isBusy ? { type: 'button' as const, onPress: undefined } : {};
  return <AriaButton {...props} {...idle} className={`btn ${look} ${states} ${className}`} />;
}
