import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';

interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  look?: 'plain' | 'primary' | 'danger' | 'quiet';
  /** A square one, whose only content is an icon: it needs `aria-label`. */
  icon?: boolean;
  className?: string;
  children: ReactNode;
}

export function Button({ look = 'plain', icon = false, className = '', ...props }: ButtonProps) {
  return <AriaButton {...props} className={`btn ${look} ${icon ? 'icon' : ''} ${className}`} />;
}
