import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core';

const sea: MantineColorsTuple = [
  '#e4f5f3',
  '#c9eae6',
  '#9fd9d2',
  '#6cc5bb',
  '#3fb0a5',
  '#2fb7aa',
  '#17958b',
  '#0b7a74',
  '#096660',
  '#07504c',
];

/** What Mantine has to know in JavaScript; colours themselves live in the style sheets beside this file. */
export const theme = createTheme({
  colors: { sea },
  primaryColor: 'sea',
  primaryShade: 7,
  fontFamily: 'var(--q-font)',
  fontFamilyMonospace: 'var(--q-mono)',
  defaultRadius: 'md',
  // Mantine writes white on what is filled; on the light teal of the dark theme that cannot be read.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const accent = input.variant === 'filled' && (input.color === undefined || input.color === 'sea');
    return accent ? { ...colors, color: 'var(--q-on-accent)' } : colors;
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: false, transitionProps: { duration: 120 } } },
    // Locking the page's scroll would write a <style> element; the policy refuses it and the overlay suffices.
    Modal: {
      defaultProps: {
        overlayProps: { color: '#06161d', backgroundOpacity: 0.42 },
        lockScroll: false,
        centered: false,
        transitionProps: { duration: 140, transition: 'pop' },
      },
      styles: { title: { fontSize: 16, fontWeight: 620 } },
    },
    Drawer: {
      defaultProps: {
        overlayProps: { color: '#06161d', backgroundOpacity: 0.42 },
        lockScroll: false,
        transitionProps: { duration: 160 },
      },
    },
    Menu: { defaultProps: { transitionProps: { duration: 120 }, shadow: 'md' } },
    Select: {
      defaultProps: { openOnFocus: false, comboboxProps: { transitionProps: { duration: 100 }, shadow: 'md' } },
    },
  },
});
