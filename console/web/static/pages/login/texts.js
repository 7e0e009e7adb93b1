export default {
  en: {
    'login.title': 'Log in',
    'login.name': 'Name',
    'login.password': 'Password',
    'login.submit': 'Log in',
    'login.elsewhere': 'Log in at {host}',
    'login.hint': 'The first password was printed when Maskwatch was started for the first time.',
  },
  zh: {
    'login.title': '登录',
    'login.name': '用户名',
    'login.password': '密码',
    'login.submit': '登录',
    'login.elsewhere': '通过 {host} 登录',
    'login.hint': '首个密码在 Maskwatch 第一次启动时显示。',
  },
};
