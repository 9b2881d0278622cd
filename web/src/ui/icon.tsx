import {
  IconApi,
  IconBell,
  IconBolt,
  IconBox,
  IconBrandGithub,
  IconBrandGitlab,
  IconBrandSlack,
  IconBuilding,
  IconCalendar,
  IconCloud,
  IconCube,
  IconDatabase,
  IconFile,
  IconFlag,
  IconGitPullRequest,
  IconHierarchy,
  IconLink,
  IconPackage,
  IconRocket,
  IconServer,
  IconSettings,
  IconShield,
  IconSitemap,
  IconStack2,
  IconTerminal2,
  IconTool,
  IconUser,
  IconUsers,
  IconWorld,
  type Icon,
} from '@tabler/icons-react';

/** Icon names as definitions give them, in lower case. */
const byName: Readonly<Record<string, Icon>> = {
  api: IconApi,
  alert: IconBell,
  bell: IconBell,
  pagerduty: IconBell,
  lightning: IconBolt,
  bolt: IconBolt,
  github: IconBrandGithub,
  githubactions: IconBrandGithub,
  git: IconGitPullRequest,
  gitversion: IconGitPullRequest,
  gitlab: IconBrandGitlab,
  slack: IconBrandSlack,
  organization: IconBuilding,
  calendar: IconCalendar,
  datetime: IconCalendar,
  cloud: IconCloud,
  aws: IconCloud,
  azure: IconCloud,
  gcp: IconCloud,
  service: IconBox,
  microservice: IconBox,
  blueprint: IconStack2,
  database: IconDatabase,
  file: IconFile,
  docs: IconFile,
  readme: IconFile,
  flag: IconFlag,
  link: IconLink,
  package: IconPackage,
  deployment: IconRocket,
  deploy: IconRocket,
  deployedat: IconRocket,
  rocket: IconRocket,
  server: IconServer,
  environment: IconServer,
  cluster: IconServer,
  k8s: IconServer,
  settings: IconSettings,
  shield: IconShield,
  lock: IconShield,
  domain: IconSitemap,
  system: IconHierarchy,
  terminal: IconTerminal2,
  tool: IconTool,
  day2operation: IconTool,
  user: IconUser,
  team: IconUsers,
  twousers: IconUsers,
  world: IconWorld,
  deploymentconfig: IconSettings,
  config: IconSettings,
};

export function iconOf(name: string | null | undefined, fallback: Icon = IconCube): Icon {
  if (name === null || name === undefined) return fallback;
  return byName[name.toLowerCase().replace(/[^a-z0-9]/g, '')] ?? fallback;
}

interface NamedIconProps {
  readonly name: string | null | undefined;
  readonly fallback?: Icon;
  readonly size?: number;
}

/** The icon a definition names, or a fallback. Decoration only: the title stands beside it. */
export function NamedIcon({ name, fallback, size = 18 }: NamedIconProps) {
  if (name?.toLowerCase() === 'slack') return <SlackMark size={size} />;
  const Mark = iconOf(name, fallback);
  return <Mark size={size} stroke={1.6} aria-hidden />;
}

/** Four rounded strokes in the brand's colours, drawn here since the icon set has no coloured one. */
export function SlackMark({ size = 18 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden fill="none" strokeWidth="3.4" strokeLinecap="round">
      <path d="M9.5 4.2v4.6M4.2 9.5h5" stroke="#36C5F0" />
      <path d="M19.8 9.5h-4.6M14.5 4.2v5" stroke="#2EB67D" />
      <path d="M14.5 19.8v-4.6M19.8 14.5h-5" stroke="#ECB22E" />
      <path d="M4.2 14.5h4.6M9.5 19.8v-5" stroke="#E01E5A" />
    </svg>
  );
}
